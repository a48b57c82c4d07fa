import { Draw } from './draw.ts';

const PROPERTIES = [
  'reg', 'xreg', 'g', 'ranges', 'dma-ranges', 'compatible', 'status', 'model', 'label', 'name',
  '#address-cells', '#size-cells', '#interrupt-cells', '#clock-cells', '#gpio-cells',
  'interrupts', 'interrupt-parent', 'interrupt-controller', 'interrupts-extended', 'clocks',
  'cs-gpios', 'gpio', 'device_type', 'bus-range', 'phandle', 'linux,phandle', 'clock-names',
  'spi-max-frequency', 'remote-endpoint', 'a', 'ba', 'cba', 'dma-coherent', 'stdout-path',
  'bootargs', 'x,y+z*q', '0digit', 'with.dot', 'under_score', 'q?', 'msi-parent', 'address-cells',
]; // prettier-ignore
const NODES = [
  'n', 'soc', 'cpus', 'cpu@0', 'cpu@1', 'memory@80000000', 'serial@1000', 'bus@2000', 'i2c@10',
  'i2c', 'spi@20', 'spi', 'pci@0', 'pcie@1,2', 'chosen', 'aliases', 'port@0', 'port', 'ports',
  'endpoint', 'endpoint@1', 'a', 'reg', 'x@0x10', 'x@010', 'multikernel', 'instances', 'n+1',
  'n.b,c', '3com', 'i2c-bus', '__symbols__',
]; // prettier-ignore
const SINGLE = [
  '#address-cells', '#size-cells', '#interrupt-cells', '#clock-cells', '#gpio-cells',
  'interrupt-parent', 'remote-endpoint',
]; // prettier-ignore
/** dtc 1.6.1 looks for the parent of whatever holds one of these: it must not be the root. */
const INNER = ['endpoint', 'endpoint@1', 'remote-endpoint'];
const STRINGS = [
  'simple-bus', 'disabled', 'okay', 'pci', '', 'a b c', 'vendor,part', '/soc', '/n', '\\n\\t\\x41',
  '\\"q\\"', '\\101\\0', '\\xe9', 'a\\0b', 'multi\nline', "it's", '\\\\',
]; // prettier-ignore
const NUMBERS = [
  '0', '1', '2', '3', '4', '0x10', '0x1000', '0X1F', '017', '0xffffffff', '4294967295', '10UL',
  '0x10ULL', '7U', '9LL', "'a'", "'\\n'", "'\\''", "'\\x41'", '0x00000000001', '0x80000000',
]; // prettier-ignore
const SMALL = ['0', '1', '2', '3', '4', '0x10', '017', '7U', "'a'", "'\\n'", '0x7f', '(2 + 3)'];
const WRONG = ['08', '0x1ffffffff', '0x1ffffffffffffffff', "''", "'ab'", 'x', '-1', '(1 / 0)'];
const OPERATORS = [
  '+', '-', '*', '<<', '>>', '<', '>', '<=', '>=', '==', '!=', '&', '|', '^', '&&', '||',
]; // prettier-ignore
const GAPS = [' ', ' ', ' ', '\n', '\t', '  ', '/* c */', '// c\n', '\r\n', '/**//**/'];

/** Draws sources that use every part of the language; some of them are wrong on purpose. */
export class RandomSource {
  readonly #draw: Draw;
  #labels = 0;
  /** Labels of nodes: what a reference may name. */
  readonly #targets: string[] = [];
  #isPlugin = false;
  /** Percent of choices that are mistakes. */
  readonly #mistakes: number;

  constructor(seed: number, mistakes = 1) {
    this.#draw = new Draw(seed);
    this.#mistakes = mistakes;
  }

  /** One whole source. */
  source(isPlugin = this.#draw.chance(20)): string {
    const draw = this.#draw;
    this.#isPlugin = isPlugin;
    const parts = ['/dts-v1/;', isPlugin ? '/plugin/;' : ''];
    for (const prefix of draw.several(0, 2, () => this.#label(20)))
      parts.push(`${prefix}/memreserve/ ${this.#number(64)} ${this.#number(64)};`);
    const first = isPlugin && draw.chance(60) ? '&base' : '/';
    parts.push(`${first} {`, this.#body(3), '};');
    parts.push(...draw.several(0, 3, () => this.#statement()));
    return `${parts.filter(Boolean).join(this.#gap())}\n`;
  }

  #statement(): string {
    const draw = this.#draw;
    const ref = this.#reference();
    const kind = draw.below(10);
    if (kind < 3) return `/ { ${this.#body(2)} };`;
    if (kind < 6) return `${ref} { ${this.#body(1)} };`;
    if (kind < 7) return `${this.#newLabel()}: ${ref} { ${this.#body(1)} };`;
    return kind < 8 ? `/delete-node/ ${ref};` : `/omit-if-no-ref/ ${ref};`;
  }

  #body(depth: number): string {
    const draw = this.#draw;
    const used = new Set<string>();
    const isNew = (name: string): boolean => {
      const known = used.has(name);
      used.add(name);
      return !known || draw.chance(this.#mistakes);
    };
    const properties = draw
      .several(0, 5, () => draw.pick(PROPERTIES))
      .filter((name) => depth < 2 || !INNER.includes(name))
      .filter((name) => (name !== 'name' && name !== 'linux,phandle') || draw.chance(3))
      .filter(isNew)
      .map((name) => this.#property(name));
    const nodes = draw
      .several(0, depth === 0 ? 0 : 4, () => draw.pick(NODES))
      .filter((name) => depth < 2 || !INNER.includes(name))
      .filter(isNew)
      .map((name) => this.#node(name, depth - 1));
    if (draw.chance(8)) properties.push(`/delete-property/ ${draw.pick(PROPERTIES)};`);
    if (draw.chance(5)) nodes.push(`/delete-node/ ${draw.pick(NODES)};`);
    if (draw.chance(this.#mistakes)) nodes.push(this.#property('late'));
    return [...properties, ...nodes].join(this.#gap());
  }

  #node(name: string, depth: number): string {
    const omit = this.#draw.chance(8) ? '/omit-if-no-ref/ ' : '';
    const label = this.#label(40);
    const target = label.trim().slice(0, -1);
    if (target) this.#targets.push(target);
    return `${omit}${label}${this.#label(5)}${name} {${this.#gap()}${this.#body(depth)}};`;
  }

  #property(name: string): string {
    const draw = this.#draw;
    const prefix = this.#label(8);
    if (draw.chance(12) && !SINGLE.includes(name)) return `${prefix}${name};`;
    const isPhandle = name.endsWith('phandle') && !draw.chance(5);
    if (isPhandle) return `${prefix}${name} = <${1 + draw.below(1000)}>;`;
    // dtc 1.6.1 ends in an assertion when one of these is no single cell.
    if (SINGLE.includes(name) && !draw.chance(2 * this.#mistakes))
      return `${name} = <${name.startsWith('#') ? draw.below(4) : this.#reference()}>;`;
    const values = draw.several(1, draw.chance(70) ? 1 : 3, () => this.#value());
    return `${prefix}${name} =${this.#gap()}${values.join(`${this.#gap()},`)};`;
  }

  #value(): string {
    const draw = this.#draw;
    const around = (text: string): string => `${this.#label(4)}${text}${this.#label(4)}`;
    const kind = draw.below(20);
    if (kind < 7) return around(`<${this.#cells(32)}>`);
    if (kind < 13) return around(`"${draw.pick(STRINGS)}"`);
    if (kind < 15) return around(`[${draw.several(0, 6, () => this.#byte()).join('')}]`);
    if (kind < 17) return around(this.#reference());
    const bits = draw.chance(this.#mistakes) ? 7 : draw.pick([8, 16, 32, 64]);
    return around(`/bits/ ${bits} <${this.#cells(bits)}>`);
  }

  #byte(): string {
    const draw = this.#draw;
    const digits = draw.below(256).toString(16).padStart(2, '0');
    return draw.pick(['', ' ']) + (draw.chance(this.#mistakes) ? digits[0]! : digits);
  }

  #cells(bits: number): string {
    const draw = this.#draw;
    const one = (): string => {
      if (draw.chance(3)) return `${this.#newLabel()}:`;
      const refers = bits === 32 ? 15 : this.#mistakes;
      return draw.chance(refers) ? this.#reference() : this.#number(bits);
    };
    return draw.several(0, 6, one).join(this.#gap());
  }

  #number(bits: number): string {
    const draw = this.#draw;
    if (draw.chance(this.#mistakes)) return draw.pick(WRONG);
    if (bits === 64) return draw.chance(75) ? draw.pick(NUMBERS) : `(${this.#expression(3)})`;
    if (draw.chance(75)) return draw.pick(bits === 32 ? NUMBERS : SMALL);
    if (draw.chance(30)) return `(-${draw.pick(SMALL)})`;
    return `((${this.#expression(3)}) & ${bits === 8 ? '0xff' : '0x7fff'})`;
  }

  #expression(depth: number): string {
    const draw = this.#draw;
    const kind = depth === 0 ? 0 : draw.below(8);
    if (kind < 2) return draw.pick(NUMBERS);
    const inner = (): string => this.#expression(depth - 1);
    if (kind < 3) return `(${inner()})`;
    if (kind < 4) return `${draw.pick(['-', '~', '!'])} ${inner()}`;
    if (kind < 5) return `${inner()} ? ${inner()} : ${inner()}`;
    if (kind < 6) return `(${inner()}) ${draw.pick(['/', '%'])} ${draw.pick(['3', '0x10', '7'])}`;
    if (!draw.chance(this.#mistakes)) return `${inner()} ${draw.pick(OPERATORS)} ${inner()}`;
    return `${inner()} ${draw.pick(['/', '%'])} ${inner()}`;
  }

  #gap(): string {
    return this.#draw.pick(GAPS);
  }

  #label(percent: number): string {
    return this.#draw.chance(percent) ? ` ${this.#newLabel()}: ` : '';
  }

  #newLabel(): string {
    const draw = this.#draw;
    if (this.#targets.length > 0 && draw.chance(this.#mistakes)) return draw.pick(this.#targets);
    return `L${this.#labels++}_`;
  }

  #reference(): string {
    const draw = this.#draw;
    if (draw.chance(this.#mistakes)) return draw.pick(['&unknown', '&{/soc}', '&{/n}', '&{/a/b}']);
    if (this.#isPlugin && draw.chance(20)) return draw.pick(['&base', '&other']);
    return this.#targets.length === 0 || draw.chance(8) ? '&{/}' : `&${draw.pick(this.#targets)}`;
  }
}

const OPTIONS: readonly (readonly string[])[] = [
  [], [], [], ['-@'], ['-@'], ['-p', '100'], ['-S', '2000'], ['-a', '32'], ['-R', '3'], ['-V', '1'],
  ['-V', '2'], ['-V', '3'], ['-V', '16'], ['-b', '7'], ['-p', '5', '-a', '8'], ['-V', '3', '-R', '1'],
]; // prettier-ignore

/** Options of dtc that go with a source. */
export const randomOptions = (seed: number): readonly string[] => new Draw(~seed).pick(OPTIONS);
