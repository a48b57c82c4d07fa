import { utf8Encode } from '../../base/text.ts';
import { Draw } from './draw.ts';

const CELLS_A_NODE = 900;
const NODES_A_BUS = 100;

/** A source of about `size` bytes: buses of 100 nodes, each with about 900 cells. */
export function cellsSource(size: number): Uint8Array {
  const draw = new Draw(1);
  const parts: string[] = ['/dts-v1/;\n/ {\n'];
  let length = 0;
  for (let node = 0; length < size; node++) {
    if (node % NODES_A_BUS === 0) parts.push(node ? '\t};\n' : '', `\tbus-${node} {\n`);
    const cells = Array.from({ length: CELLS_A_NODE }, () =>
      draw.chance(50) ? `0x${draw.below(0x1000000).toString(16)}` : String(draw.below(100000)),
    );
    const text = `\t\tnode-${node} {\n\t\t\tdata = <${cells.join(' ')}>;\n\t\t};\n`;
    length += text.length;
    parts.push(text);
  }
  parts.push('\t};\n};\n');
  return utf8Encode(parts.join(''));
}

/** A source of about `size` bytes: one flat bus of nodes with one property each. */
export function smallNodesSource(size: number): Uint8Array {
  const parts: string[] = ['/dts-v1/;\n/ {\n'];
  for (let node = 0, length = 0; length < size; node++) {
    const text = `\tn${node} { a = <${node}>; };\n`;
    length += text.length;
    parts.push(text);
  }
  parts.push('};\n');
  return utf8Encode(parts.join(''));
}

/** A source of about `size` bytes in the manner of a board: buses, clocks, pins, interrupts. */
export function boardSource(size: number): Uint8Array {
  const parts = [
    '/dts-v1/;\n/ {\n\t#address-cells = <2>;\n\t#size-cells = <2>;\n\tcompatible = "acme,board";\n',
    '\tinterrupt-parent = <&gic>;\n\tgic: interrupt-controller@1000 {\n',
    '\t\treg = <0 0x1000 0 0x1000>;\n\t\tinterrupt-controller;\n',
    '\t\t#interrupt-cells = <3>;\n\t\t#address-cells = <0>;\n\t};\n',
    '\tclk: clock-controller@2000 {\n\t\treg = <0 0x2000 0 0x1000>;\n\t\t#clock-cells = <1>;\n\t};\n',
    '\tsoc {\n\t\tcompatible = "simple-bus";\n\t\t#address-cells = <1>;\n\t\t#size-cells = <1>;\n',
    '\t\tranges = <0 0 0x40000000 0x40000000>;\n',
  ];
  for (let node = 0, length = 0; length < size; node++) {
    const at = (node * 0x1000 + 0x10000).toString(16);
    const text =
      `\t\tuart${node}: serial@${at} {\n\t\t\tcompatible = "acme,uart-v2", "acme,uart";\n` +
      `\t\t\treg = <0x${at} 0x1000>;\n\t\t\tinterrupts = <0 ${node % 900} (1 << 2)>;\n` +
      `\t\t\tclocks = <&clk ${node}>, <&clk ${node + 1}>;\n\t\t\tclock-names = "core", "bus";\n` +
      `\t\t\tstatus = "disabled";\n\t\t};\n`;
    length += text.length;
    parts.push(text);
  }
  parts.push('\t};\n};\n&uart0 {\n\tstatus = "okay";\n};\n');
  return utf8Encode(parts.join(''));
}
