const filled = (d: string) => ({ d, filled: true });
const line = (d: string) => ({ d, filled: false });

/** Paths of the icons. */
export const ICONS = {
  first: filled('M3.5 3.5v9M13 3.5v9L6 8z'),
  back: filled('M11.5 3.5v9L4.5 8z'),
  play: filled('M4.5 3v10l8.5-5z'),
  pause: filled('M4.5 3.5h2v9h-2zM9.5 3.5h2v9h-2z'),
  step: filled('M3.5 3.5v9l7-4.5zM12.5 3.5v9'),
  last: filled('M3 3.5v9L8 8zM8 3.5v9L13 8zM13.5 3.5v9'),
  check: line('M3 8.5 6.5 12 13 4.5'),
  cross: line('M4 4l8 8M12 4l-8 8'),
  lesson: line(
    'M2.5 3.5h4a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 0-1.5-1.5h-4zM13.5 3.5h-4A1.5 1.5 0 0 0 8 5v8a1.5 1.5 0 0 1 1.5-1.5h4z',
  ),
  sun: line(
    'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  ),
  moon: line('M13 9.6A5.4 5.4 0 0 1 6.4 3 5.4 5.4 0 1 0 13 9.6z'),
  help: line(
    'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 12h0M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z',
  ),
  chevron: line('M4.5 6.5 8 10l3.5-3.5'),
  file: line('M4 1.8h5l3 3v9.4H4zM9 1.8v3h3'),
  expand: line('M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9'),
  inspect: line('M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2'),
  branch: line(
    'M4.5 5.2v5.6M4.5 1.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4zM4.5 10.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4zM11.5 3.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4zM11.5 6.7c0 2.6-2.4 3-4.4 3.2-1.3.2-2.6.4-2.6 1',
  ),
  edit: line('M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z'),
} as const;
export type IconName = keyof typeof ICONS;
