import { hex, toHex } from '../base/hex.ts';
import { get32 } from '../fdt/bytes.ts';
import { fdtCheckHeader } from '../fdt/check.ts';
import { fdtPathOffset } from '../fdt/lookup.ts';
import {
  fdtFirstPropertyOffset,
  fdtGetName,
  fdtGetpropByOffset,
  fdtNextPropertyOffset,
} from '../fdt/read.ts';
import { fdtFirstSubnode, fdtNextSubnode } from '../fdt/tags.ts';
import type { KernelContext } from '../kernel/context.ts';
import { MK_INSTANCE } from '../kernel/mk.layout.ts';

/** What `device_tree_source` of an instance shows (facts 05 §3.2): not DTS that a compiler would take. */
export function instanceSource(x: KernelContext, instance: number): string {
  const addr = x.mem.peek64(instance + MK_INSTANCE.at.dtb_data);
  const size = x.mem.peek64(instance + MK_INSTANCE.at.dtb_size);
  if (addr === 0 || size === 0) return '(no device tree loaded)\n';
  const blob = x.mem.peek(addr, size);
  const code = fdtCheckHeader(blob);
  if (code !== 0) return `/* invalid device tree blob: ${code} */\n`;
  const instances = fdtPathOffset(blob, '/instances');
  if (instances < 0) return '/* no instances node */\n';
  const node = fdtFirstSubnode(blob, instances);
  if (node < 0) return '/* no instance */\n';
  const name = fdtGetName(blob, node);
  if (typeof name === 'number') return '/* bad instance name */\n';
  const lines = ['/dts-v1/;', '', `/${name} {`, '\tcompatible = "multikernel-v1";'];
  lines.push(...properties(blob, node, '\t', false));
  for (let child = fdtFirstSubnode(blob, node); child >= 0; child = fdtNextSubnode(blob, child)) {
    const title = fdtGetName(blob, child);
    lines.push('', `\t${typeof title === 'string' ? title : ''} {`);
    lines.push(...properties(blob, child, '\t\t', true), '\t};');
  }
  return `${[...lines, '};'].join('\n')}\n`;
}

function properties(blob: Uint8Array, node: number, indent: string, inChild: boolean): string[] {
  const lines: string[] = [];
  let at = fdtFirstPropertyOffset(blob, node);
  for (; at >= 0; at = fdtNextPropertyOffset(blob, at)) {
    const property = fdtGetpropByOffset(blob, at);
    if (typeof property === 'number') break;
    lines.push(indent + rendered(property.name, property.value, inChild));
  }
  return lines;
}

function rendered(name: string, value: Uint8Array, inChild: boolean): string {
  if (value.length !== 4) {
    const bytes = [...value].map((byte) => toHex([byte])).join(' ');
    return `${name} = [${bytes}];`;
  }
  const number = get32(value, 0);
  if (inChild && name === 'memory-bytes')
    return `${name} = <${hex(number)}>; // ${number >>> 20} MB`;
  return `${name} = <${number}>;`;
}
