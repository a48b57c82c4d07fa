import type { Session } from '../../state/session.svelte.ts';
import { fitting, following, showing, viewOf, type Camera } from './camera.ts';
import { Feed } from './feed.ts';
import { laneBox } from './lanes.ts';
import { timeAt, xOf, type View } from './scale.ts';
import { EVERYTHING, KINDS, type Filter, type MarkKind } from './filter.ts';
import { lanesShown, layOut } from './scene.ts';
import { recall, remember } from '../../state/panes.svelte.ts';

/** What outlives the pane: what was read of a run's rows, for older ones cannot be read again. */
interface Kept {
  readonly feed: Feed;
  filter: Filter;
}
const keptOf = new WeakMap<Session, Kept>();

/** Kinds of marks that are hidden, for the next visit; CPUs and kernels are those of one run. */
const KEY = 'multikernel-playground.timeline';
function readHidden(): readonly MarkKind[] {
  try {
    const stored: unknown = JSON.parse(recall(KEY) ?? '[]');
    return Array.isArray(stored) ? KINDS.filter((kind) => stored.includes(kind)) : [];
  } catch {
    return [];
  }
}

/** What of the run is seen, and where: sizes and gestures come in, a scene comes out. */
export class TimelineView {
  /** Sizes of the lanes, in pixels. */
  width = $state(0);
  room = $state(0);
  /** The whole run is shown, however long it becomes. */
  whole = $state(true);
  #folding = $state(true);
  #looked: Camera = $state.raw({ k: 1, x: 0 });
  /** The moment the pointer drags to, until the page is there. */
  #dragged: number | undefined = $state();
  readonly #session: Session;
  readonly #feed: Feed;
  readonly #kept: Kept;

  constructor(session: Session) {
    this.#session = session;
    this.#kept = keptOf.get(session) ?? {
      feed: new Feed(),
      filter: { ...EVERYTHING, hidden: readHidden() },
    };
    keptOf.set(session, this.#kept);
    this.#feed = this.#kept.feed;
    this.#filter = this.#kept.filter;
  }

  readonly frame = $derived.by(() => this.#session.frame);
  #owners: readonly number[] = [];
  /** Kernels of the CPUs now: the same list while they are, so that nothing is drawn again. */
  readonly owners = $derived.by(() => {
    const now = this.frame.cpus.map(({ kernel }) => kernel);
    const same = now.length === this.#owners.length && now.every((k, i) => k === this.#owners[i]);
    return same ? this.#owners : (this.#owners = now);
  });
  readonly followed = $derived.by(() => {
    const { rows, run } = this.#session;
    const { begin, end, batches, version, epoch } = rows;
    const { step, stepEnd, traceEnd, traceHead, cpus } = this.frame;
    return this.#feed.follow({
      ...{ version, epoch, batches, begin, end, cpus: cpus.length, run },
      ...{ step, stepEnd, traceEnd, traceHead, folding: this.#folding },
    });
  });
  readonly history = $derived(this.followed.history);
  /** Length of the run on the scale of time. */
  readonly length = $derived.by(() => {
    const { history } = this.followed;
    return Math.max(1, history.time.shown(Math.max(history.end, this.frame.timeNs)));
  });
  readonly fit = $derived(fitting(this.length, this.width));
  readonly now = $derived(this.#dragged ?? this.frame.timeNs);
  readonly camera = $derived.by(() => {
    if (this.whole) return this.fit;
    if (this.#dragged !== undefined) return this.#looked;
    return following(this.#looked, this.#shown(this.frame.timeNs), this.width);
  });
  readonly view: View = $derived(viewOf(this.camera, this.width));
  /** What is shown: outlives the pane, as what was read does. */
  #filter: Filter = $state.raw(EVERYTHING);
  get filter(): Filter {
    return this.#filter;
  }
  set filter(filter: Filter) {
    this.#filter = filter;
    this.#kept.filter = filter;
    remember(KEY, JSON.stringify(filter.hidden));
  }
  /** CPUs that have a lane. */
  readonly lanes = $derived(lanesShown(this.followed.history, this.owners, this.filter));
  readonly box = $derived(laneBox(this.lanes.length, this.room, this.lanes));
  readonly scene = $derived(layOut(this.followed.history, this.view, this.owners, this.filter));
  readonly playhead = $derived(xOf(this.view, this.followed.history.time, this.now));

  #shown = (time: number): number => this.followed.history.time.shown(time);

  get folding(): boolean {
    return this.#folding;
  }

  /** Folds or unfolds; what is seen stays in view. */
  fold(): void {
    const { view, whole } = this;
    const ends = [0, view.width].map((x) => timeAt(view, this.history.time, x)) as [number, number];
    this.#folding = !this.#folding;
    this.history.time.folding = this.#folding;
    if (whole) return;
    const [first, last] = ends;
    this.#looked = showing(this.#shown(first), this.#shown(last), view.width);
  }

  /** A gesture or the overview has moved the view; undefined shows everything. */
  readonly look = (to?: Camera): void => {
    this.whole = to === undefined || to.k <= this.fit.k * 1.001;
    const { k, x } = this.#looked;
    if (to && (to.k !== k || to.x !== x)) this.#looked = to;
  };

  timeAt(x: number): number {
    return timeAt(this.view, this.history.time, x);
  }

  /** Takes the whole page to a moment. */
  async goTo(time: number): Promise<void> {
    const { history, firstStep } = this.followed;
    const { since } = history;
    // Of what is older than the rows it read it only knows how many steps there were.
    const step =
      time < since
        ? Math.round((firstStep * time) / since)
        : Math.min(firstStep + history.stepAfter(time), this.frame.stepEnd);
    await this.#session.seek(step);
  }

  /** Takes the whole page to the moment at a place; it comes as fast as it can. */
  async dragTo(x: number): Promise<void> {
    const time = Math.max(0, Math.min(this.history.end, this.timeAt(x)));
    this.#looked = this.camera;
    this.#dragged = time;
    await this.goTo(time);
  }

  drop(): void {
    this.#dragged = undefined;
  }
}
