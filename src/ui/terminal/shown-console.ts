/** Which console is in front, and which one a lesson kept busy when that was decided. */
export interface Front {
  readonly name: string;
  readonly busy: string;
}

/**
 * The console to show: the one that was chosen, until a lesson begins to type on another. `names`
 * are those there are.
 */
export function follow(
  before: Front,
  chosen: string,
  busy: string,
  names: readonly string[],
): Front {
  const moved = busy !== '' && busy !== before.busy;
  const name = moved ? busy : chosen !== '' ? chosen : before.name;
  return { busy, name: names.includes(name) ? name : (names[0] ?? '') };
}
