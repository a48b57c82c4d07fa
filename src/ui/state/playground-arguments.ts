import { Refused } from '../../sim/base/assert.ts';

/** Longest piece of what somebody passed that is said again. */
const SHOWN_MAX = 60;

/** What was passed, in a few words. Never runs code of what it looks at. */
function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > SHOWN_MAX
        ? `a text of ${value.length} characters`
        : JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : 'an object';
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    default:
      return String(value);
  }
}

/** Takes a text, and nothing else. `what` begins the sentence. */
export function textOf(what: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Refused(`${what} is a text, not ${shown(value)}`);
}

/** Takes a name, which is a text of one line and not a long one. */
export function nameOf(what: string, value: unknown): string {
  const name = textOf(what, value);
  if (name.length <= SHOWN_MAX * 2) return name;
  throw new Refused(`${what} is a name, not ${shown(name)}`);
}

/** Takes a whole number from 0 to `most`. */
export function wholeOf(what: string, value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most)
    return Number(value);
  const range = most === Number.MAX_SAFE_INTEGER ? '0 on' : `0 to ${most}`;
  throw new Refused(`${what} is a whole number from ${range}, not ${shown(value)}`);
}

/** Takes an object with fields of these names at most, or nothing. */
export function optionsOf<Name extends string>(
  what: string,
  value: unknown,
  names: readonly Name[],
): { readonly [Field in Name]?: unknown } {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null)
    throw new Refused(`the options of ${what} are an object, not ${shown(value)}`);
  const strange = Object.keys(value).find((key) => !names.some((name) => name === key));
  if (strange !== undefined)
    throw new Refused(`there is no option ${shown(strange)}; known are ${names.join(', ')}`);
  return value;
}
