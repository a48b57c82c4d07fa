import { show } from './arguments.ts';
import { WrongUsage, type Command, type Verb } from './command.ts';
import { didYouMean } from './nearest.ts';

/** A command that is nothing but its verbs. */
export function commandOf(
  { name, group, summary }: Pick<Command, 'name' | 'group' | 'summary'>,
  verbs: readonly Verb[],
): Command {
  const names = verbs.map((verb) => verb.name);
  const usage = `${name} VERB ...`;
  return {
    name,
    group,
    summary,
    usage,
    verbs,
    more: `${verbs.map((verb) => `  ${verb.name.padEnd(12)} ${verb.summary}`).join('\n')}
\`${name} VERB --help\` tells more.`,
    *run([word, ...args], io) {
      if (word === undefined) throw new WrongUsage(`what? ${names.join(', ')}`, usage);
      const verb = verbs.find((known) => known.name === word);
      if (!verb) throw new WrongUsage(`no verb ${show(word)}${didYouMean(word, names)}`, usage);
      try {
        const result = yield* verb.run(args, io);
        return typeof result === 'number' ? result : { again: [word, ...result.again] };
      } catch (failure) {
        if (!(failure instanceof WrongUsage)) throw failure;
        throw new WrongUsage(`${word}: ${failure.message}`, failure.usage ?? verb.usage);
      }
    },
  };
}
