import { fromHex } from '../../base/hex.ts';

const NUMBER = /^([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)/i;

/** strtoll() with base 0: what is no number is 0, what follows one is ignored. */
function toInteger(text: string): bigint {
  const [, sign, digits] = NUMBER.exec(text) ?? ['', '', '0'];
  const isOctal = /^0[0-7]/.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  return sign === '-' ? -value : value;
}

/** The words of one operation; the first is its name. A word that is missing is empty. */
export class Words {
  readonly list: readonly string[];

  constructor(line: string) {
    this.list = line.split(/[ \t]+/).filter((word) => word !== '');
  }

  get name(): string {
    return this.list[0] ?? '';
  }

  has(i: number): boolean {
    return i < this.list.length;
  }

  text(i: number): string {
    return this.list[i] ?? '';
  }

  /** As a C `int`. */
  int(i: number): number {
    return Number(BigInt.asIntN(32, toInteger(this.text(i))));
  }

  /** As a C `u32`. */
  u32(i: number): number {
    return Number(BigInt.asUintN(32, toInteger(this.text(i))));
  }

  u64(i: number): bigint {
    return BigInt.asUintN(64, toInteger(this.text(i)));
  }

  /** As a number: exact below 2^53. */
  number(i: number): number {
    return Number(this.u64(i));
  }

  /** Bytes in hexadecimal; `-` is none. */
  bytes(i: number): Uint8Array {
    const text = this.text(i);
    if (text === '-') return new Uint8Array(0);
    return fromHex(text.slice(0, text.length - (text.length % 2))) ?? new Uint8Array(0);
  }
}
