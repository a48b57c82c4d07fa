import { Refused } from '../sim/base/assert.ts';
import { nodeIo } from './node-io.ts';
import { type Io, type Verb, WrongUsage } from './verb.ts';
import { VERBS } from './verbs.ts';

const Status = { ok: 0, refused: 1, wrongUsage: 2 } as const;

/** Runs the verb the arguments name and answers the exit status. */
export async function main(
  argv: readonly string[],
  io: Io,
  verbs: Readonly<Record<string, Verb>> = VERBS,
): Promise<number> {
  const [name, ...rest] = argv;
  if (name === 'help' || name === '--help') {
    io.stdout(usageOf(verbs));
    return Status.ok;
  }
  const verb = name !== undefined && Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) {
    if (name !== undefined) io.stderr(`mk: no verb ${JSON.stringify(name)}\n`);
    io.stderr(usageOf(verbs));
    return Status.wrongUsage;
  }
  try {
    return await verb.run(rest, io);
  } catch (error) {
    return report(error, verb, io);
  }
}

/** The process around `main`: its arguments, its streams, its exit status. */
export async function start(): Promise<never> {
  const { io, flush } = nodeIo();
  const status = await main(process.argv.slice(2), io);
  await flush();
  process.exit(status);
}

function usageOf(verbs: Readonly<Record<string, Verb>>): string {
  const lines = Object.values(verbs).map(({ usage }) => `  mk ${usage}\n`);
  return `usage: npm run --silent mk -- VERB …\n${lines.join('')}`;
}

/** The user's fault is a sentence; ours is a stack. */
function report(error: unknown, verb: Verb, io: Io): number {
  if (error instanceof WrongUsage || isBadOption(error)) {
    // Node adds advice on how to type a word that begins with a dash.
    const [said = ''] = error.message.split(/\.?\n|\. To specify/);
    io.stderr(`mk: ${said}\nusage: mk ${verb.usage}\n`);
    return Status.wrongUsage;
  }
  if (error instanceof Refused) {
    io.stderr(`${error.located}\n`);
    return Status.refused;
  }
  io.stderr(`mk: a bug of ours\n${error instanceof Error ? String(error.stack) : String(error)}\n`);
  return Status.refused;
}

/** `util.parseArgs` found an option it was not told about, or one without its value. */
function isBadOption(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
