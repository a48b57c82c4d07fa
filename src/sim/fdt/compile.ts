/** Source text or blob to source text or blob: what `dtc` does, as a function. Source: dtc.c. */
import { Checked } from './checks/check.ts';
import { CHECKS } from './checks/table.ts';
import type { ReadFile } from './dts/lex.ts';
import { parseDts } from './dts/parse.ts';
import { printDts } from './dts/print.ts';
import { flatten, isWritableVersion } from './flatten.ts';
import { generateFixups, generateLabels } from './generate.ts';
import type { Problem } from './problem.ts';
import { fillPaths, type DeviceTree } from './tree.ts';
import { unflatten } from './unflatten.ts';

/** How to compile. Everything may be left out. */
export interface CompileOptions {
  /** Name of the source in problems; files it names are relative to its folder. */
  readonly file?: string;
  /** Files the source includes; without it there are none. */
  readonly read?: ReadFile;
  /** `-@`: add __symbols__. */
  readonly symbols?: boolean;
  /** `-V`: version of the blob: 1, 2, 3, 16 or 17. */
  readonly version?: number;
  /** `-R`: empty slots behind the reserve map. */
  readonly reserveSlots?: number;
  /** `-S`: least size in bytes. */
  readonly space?: number;
  /** `-p`: padding in bytes. */
  readonly pad?: number;
  /** `-a`: the size becomes a multiple of this power of two. */
  readonly align?: number;
  /** `-b`: boot CPU, instead of the `reg` of the first node below /cpus. */
  readonly bootCpu?: number;
}

/** What came of it. The tree is there whenever the input could be read, bad checks or not. */
export interface Compiled {
  /** 0: done; 1: the input cannot be read; 2: a check failed. */
  readonly status: 0 | 1 | 2;
  readonly problems: readonly Problem[];
  readonly tree: DeviceTree | undefined;
}

/** A compiled blob; undefined unless the status is 0. */
export interface CompiledBlob extends Compiled {
  readonly blob: Uint8Array | undefined;
}

const NO_FILES: ReadFile = () => undefined;

/** A source to a checked tree with everything dtc adds to it. */
export function sourceToTree(source: Uint8Array, options: CompileOptions = {}): Compiled {
  const problems: Problem[] = [];
  const file = options.file ?? '<source>';
  const parsed = parseDts(file, source, options.read ?? NO_FILES, problems);
  if (!parsed) return { status: 1, problems, tree: undefined };
  return complete(parsed.tree, file, options, problems);
}

/** A blob to a checked tree. Names follow dtc: a `name` property that says nothing new is gone. */
export function blobToTree(blob: Uint8Array, options: CompileOptions = {}): Compiled {
  const problems: Problem[] = [];
  const file = options.file ?? '<blob>';
  const tree = unflatten(file, blob, problems);
  if (!tree) return { status: 1, problems, tree };
  return complete(tree, file, options, problems);
}

function complete(
  tree: DeviceTree,
  file: string,
  options: CompileOptions,
  problems: Problem[],
): Compiled {
  if (options.bootCpu !== undefined) tree.bootCpu = options.bootCpu >>> 0;
  fillPaths(tree.root);
  const checked = new Checked(tree, file, options.symbols ?? false, problems);
  if (!checked.runAll(CHECKS)) return { status: 2, problems, tree };
  if (options.symbols)
    generateLabels(checked, '__symbols__', true, (label) => {
      const text = `label ${label} is in /__symbols__ already`;
      problems.push({ severity: 'warning', kind: 'symbols', text, file });
    });
  if (tree.isPlugin) generateFixups(checked);
  return { status: 0, problems, tree };
}

/** A checked tree to a blob. `file` names the tree in problems, which are appended. */
export function treeToBlob(
  tree: DeviceTree,
  options: CompileOptions,
  problems: Problem[],
): Uint8Array | undefined {
  const { version = 17, reserveSlots = 0, space = 0, pad = 0 } = options;
  const file = options.file ?? '<source>';
  if (!isWritableVersion(version)) {
    const text = `there is no version ${version} to write; there are 1, 2, 3, 16 and 17`;
    problems.push({ severity: 'error', kind: 'semantic', text, file });
    return undefined;
  }
  const align = options.align ?? 0;
  const { blob, exceedsSpace } = flatten(tree, { version, reserveSlots, space, pad, align });
  if (exceedsSpace) {
    const text = `the blob has ${blob.length} bytes, more than the ${space} asked for`;
    problems.push({ severity: 'warning', kind: 'space', text, file });
  }
  return blob;
}

/** Compiles source text, as bytes, to a blob. Source: dtc, dtc.c, `main`. */
export function compileDts(source: Uint8Array, options: CompileOptions = {}): CompiledBlob {
  const { status, problems, tree } = sourceToTree(source, options);
  if (status !== 0 || !tree) return { status, problems, tree, blob: undefined };
  const all = [...problems];
  const blob = treeToBlob(tree, options, all);
  return { status: blob ? 0 : 1, problems: all, tree, blob };
}

/** The source text of a checked tree, one character a byte. */
export function treeToText(tree: DeviceTree): string {
  const parts: string[] = [];
  printDts(tree, (text) => parts.push(text));
  return parts.join('');
}

/**
 * Decompiles a blob to the text `dtc -I dtb -O dts` prints, one character a byte; undefined when
 * it is refused.
 */
export function decompile(
  blob: Uint8Array,
  file = '<blob>',
): Compiled & { readonly text: string | undefined } {
  const compiled = blobToTree(blob, { file });
  const text = compiled.status === 0 && compiled.tree ? treeToText(compiled.tree) : undefined;
  return { ...compiled, text };
}
