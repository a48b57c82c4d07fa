import type { Action } from '../../kit/keys.ts';
import type { OwnFiles } from '../../state/own-files.svelte.ts';
import type { Panes } from '../../state/panes.svelte.ts';
import { tabLabel, TABS, type Selection, type Tab } from '../../state/selection.svelte.ts';
import type { Session } from '../../state/session.svelte.ts';
import type { Scenario } from '../../../sim/scenarios/scenario.ts';
import { hex } from '../../../sim/base/hex.ts';
import { takerOf } from '../../scenes/offer.ts';
import { goTo } from './places.ts';

/** What actions act on. */
export interface Page {
  readonly session: Session;
  readonly selection: Selection;
  readonly panes: Panes;
  readonly files: OwnFiles;
  readonly theme: { toggle(): void };
  /** Lessons there are to open. */
  readonly lessons: readonly { readonly name: string; readonly title: string }[];
}

/** Steps of a long stride. */
const STRIDE = 10;
/** Stops that have a digit. */
const DIGITS = 9;

/**
 * Has the browser ask for a file, which is then taken as if it were dropped. The field is part of
 * the page meanwhile: one that is not may be collected before the browser has asked.
 */
function pickFile(files: OwnFiles): void {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept: '.md,.txt,.dts,.dtb,.json', hidden: true });
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void files.take(file);
    input.remove();
  };
  input.oncancel = () => input.remove();
  document.body.append(input);
  input.click();
}

/** Everything a visitor can do, by name, at this moment. */
export const actionsOf = (page: Page): readonly Action[] => [
  ...ofTime(page),
  ...ofChoice(page),
  ...ofBreaks(page),
  ...ofLesson(page),
  ...ofBranches(page),
  ...ofPlaces(page),
  ...ofView(page),
  ...ofHelp(page),
];

type Run = () => unknown;
/** Makes the actions of a group: name, keys, what it does, other words for it. */
const group =
  (of: Action['group']) =>
  (name: string, keys: readonly string[], run: Run, also = ''): Action => ({
    ...{ id: `${of}.${name}`, name, group: of, keys, also },
    run: () => void run(),
  });

function ofTime({ session }: Page): Action[] {
  const time = group('Time');
  const speed = (by: number): void => session.setSpeed(session.speed + by);
  return [
    time('Play or pause', ['Space'], () => session.toggle(), 'run start stop'),
    time('One step forward', ['ArrowRight'], () => session.step(), 'next'),
    time('One step back', ['ArrowLeft'], () => session.back(), 'previous undo'),
    time(`${STRIDE} steps forward`, ['Shift+ArrowRight'], () => session.step(STRIDE)),
    time(`${STRIDE} steps back`, ['Shift+ArrowLeft'], () => session.back(STRIDE)),
    time('To the beginning', ['Home'], () => session.first(), 'first start rewind'),
    time('To the end', ['End'], () => session.last(), 'last finish'),
    ...(session.jump
      ? [time('Stop on the way', ['Escape'], () => session.pause(), 'cancel jump seek')]
      : []),
    time('Slower', ['['], () => speed(-1), 'speed'),
    time('Faster', [']'], () => speed(1), 'speed'),
  ];
}

/** What few visits need is a chunk of its own. */
async function share(
  what: 'copyLink' | 'saveFile' | 'copySchedule',
  session: Session,
): Promise<void> {
  const recordings = await import('../../state/recordings.ts');
  await recordings[what](session).catch((error: unknown) => session.notices.tell(error));
}

/** Who chooses each step: a digit moves its CPU, G the one that is selected. */
function ofChoice({ session, selection }: Page): Action[] {
  const time = group('Time');
  const { chosen } = session.frame;
  const toggle = chosen ? 'Let time decide again' : 'Choose each step myself';
  const also = 'schedule scheduler interleave';
  const actions = [time(toggle, ['W'], () => session.choosing(!chosen), also)];
  if (!chosen) return actions;
  const { cpu: selected } = selection;
  const { choices } = chosen;
  const first = choices.find(({ cpu }) => cpu === selected) ?? choices[0];
  for (const { cpu, pc } of choices) {
    const keys = [...(cpu < 10 ? [String(cpu)] : []), ...(cpu === first?.cpu ? ['G'] : [])];
    const what = pc < 0 ? 'its interrupt' : 'its step';
    actions.push(time(`CPU ${cpu}: take ${what}`, keys, () => session.choose(cpu, pc < 0), also));
  }
  const taker = takerOf(choices, selected);
  for (const { cpu, vector } of choices)
    if (vector >= 0)
      actions.push(
        time(
          `CPU ${cpu}: take the interrupt ${hex(vector)}`,
          cpu === taker ? ['V'] : [],
          () => session.choose(cpu, true),
          also,
        ),
      );
  for (const { cpu } of chosen.drains)
    actions.push(
      time(
        `CPU ${cpu}: let its oldest store be seen`,
        [],
        () => session.drain(cpu),
        `${also} drain`,
      ),
    );
  if (chosen.made > 0)
    actions.push(
      time('Take the last choice back', ['Z'], () => session.undo(), 'undo'),
      time('Copy the schedule', [], () => share('copySchedule', session), also),
    );
  return actions;
}

/** Where the run stops, forwards and backwards. */
function ofBreaks({ session, selection, panes }: Page): Action[] {
  const time = group('Time');
  const also = 'breakpoint watch stop debug reverse';
  const open = async (): Promise<void> => {
    selection.tab = 'breaks';
    await goTo(panes, 'breaks');
  };
  const actions = [time('Breakpoints and watches', ['B'], open, also)];
  if (session.breakpoints.list.some(({ enabled }) => enabled))
    actions.push(
      time('Run back to the last breakpoint', ['Shift+Backspace'], () => session.runBack(), also),
    );
  if (session.looking)
    actions.push(time('Give up looking back', ['Backspace'], () => session.pause(), also));
  return actions;
}

function ofLesson({ session, panes, files, lessons }: Page): Action[] {
  const lesson = group('Lesson');
  const stops = session.scenario?.stops ?? [];
  return [
    lesson('Copy a link to this moment', [], () => share('copyLink', session), 'share url run'),
    lesson('Save this session as a file', [], () => share('saveFile', session), 'export download'),
    lesson('Run this stop to its end', ['N'], () => session.finishStop(), 'next finish'),
    lesson(
      'Compare the designs of the mailbox',
      [],
      () => {
        panes.designs = true;
      },
      'ring rfc v1 v2 explore table side by side',
    ),
    lesson(
      'Draw a stop as a diagram, to paste into a mail',
      ['X'],
      () => {
        panes.diagram = true;
      },
      'export text mermaid svg copy share',
    ),
    lesson(
      'Choose another model of the design',
      [],
      () => {
        panes.model = true;
      },
      'profile glue version rfc ring compare',
    ),
    ...(canExplore(stops)
      ? [
          lesson(
            'Explore every order of steps',
            ['E'],
            () => {
              panes.explorer = true;
            },
            'race interleaving schedule outcome search',
          ),
        ]
      : []),
    lesson(panes.tourOpen ? 'Close the tour' : 'Open the tour', ['T'], () => {
      panes.tourOpen = !panes.tourOpen;
    }),
    ...stops.map((stop, i) =>
      lesson(
        `Stop ${i + 1}: ${stop.title}`,
        // Who chooses each step has them for the CPUs.
        i < DIGITS && !session.frame.chosen ? [String(i + 1)] : [],
        () => session.goToStop(i),
        'go to jump',
      ),
    ),
    lesson('Open your file…', [], () => pickFile(files), 'own lesson session device tree upload'),
    ...lessons.map(({ name, title }) =>
      lesson(`Open “${title}”`, [], () => files.loadBundled(name), 'lesson scenario load'),
    ),
  ];
}

/** Other futures of the same lesson. */
function ofBranches({ session, panes }: Page): Action[] {
  const lesson = group('Lesson');
  return [
    lesson(
      'Show the branches of this run',
      ['Y'],
      () => {
        panes.branches = true;
      },
      'tree fork future switch compare history undo',
    ),
    lesson(
      'Compare this run with another one',
      ['='],
      () => {
        const { current } = session.branches;
        panes.compare = { a: current, b: current };
      },
      'diff two runs side by side difference branch session profile seed',
    ),
    ...(session.source?.kind === 'text' && session.source.text === panes.came?.ending
      ? [
          lesson(
            'Compare this ending with the run before',
            [],
            () => {
              panes.compare = { a: session.branches.current, b: 'came' };
            },
            'diff explorer designs',
          ),
        ]
      : []),
  ];
}

/** Whether the lesson says where to explore from. */
const canExplore = (stops: Scenario['stops']): boolean =>
  stops.some(({ items }) => items.some(({ kind }) => kind === 'explore'));

function ofPlaces({ panes, session, selection }: Page): Action[] {
  const place = group('Go to');
  const tab = (name: string, to: Tab): Action =>
    place(`Inspector: ${name}`, [], () => {
      selection.tab = to;
      return goTo(panes, 'inspector');
    });
  return [
    place('Stage', ['S'], () => goTo(panes, 'stage'), 'machine cpus'),
    place('Memory strip', ['M'], () => goTo(panes, 'memory')),
    place('Timeline', ['L'], () => goTo(panes, 'timeline')),
    place('Find in the timeline', ['F'], () => goTo(panes, 'find'), 'search routine vector log'),
    place('Inspector', ['I'], () => goTo(panes, 'inspector')),
    place('Console', ['C'], () => goTo(panes, 'console'), 'terminal type command'),
    place('Leave a console: Escape, then Tab', [], () => goTo(panes, 'timeline'), 'focus'),
    ...TABS.map((name) => tab(tabLabel(name), name)),
    ...session.frame.cpus.map(({ id }) =>
      place(`CPU ${id}`, [], () => selection.select({ kind: 'cpu', cpu: id }), 'select'),
    ),
    ...session.frame.areas.map(({ name, target }) =>
      place(
        `Slot ${target} of ${name}`,
        [],
        () => selection.select({ kind: 'slot', instance: name, slot: target }),
        'select ipi message',
      ),
    ),
  ];
}

function ofView({ theme, selection, session }: Page): Action[] {
  const view = group('View');
  return [
    view('Dark or light', ['D'], () => theme.toggle(), 'theme colours'),
    // Escape ends what takes long first.
    view(
      'Select nothing',
      session.jump ? [] : ['Escape'],
      () => selection.clear(),
      'clear deselect',
    ),
    view('Start this lesson over', [], () => session.reload(), 'reset restart reload'),
  ];
}

function ofHelp({ panes }: Page): Action[] {
  const help = group('Help');
  return [
    help('Find an action, see all keys', ['Mod+K', '/', '?'], () => {
      panes.palette = true;
    }),
    help(
      'Words: what IRR, slot, KHO and the others mean',
      ['H'],
      () => {
        panes.word = '';
      },
      'glossary term explain dictionary definition help',
    ),
  ];
}
