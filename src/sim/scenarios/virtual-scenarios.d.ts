/** The bundled lessons, read when the page is built; see `scenarios.plugin.ts`. */
declare module 'virtual:scenarios' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-imports -- an import at the top would augment a module that is not there
  type Scenario = import('./scenario.ts').Scenario;

  /** What the list of lessons shows of one. */
  export interface CatalogueEntry extends Pick<Scenario, 'title' | 'summary' | 'level'> {
    /** `boot` for `public/scenarios/boot.md`. */
    readonly name: string;
  }
  export const catalogue: readonly CatalogueEntry[];
  /** The lesson of that name, or undefined. Its text is at `scenarios/NAME.md` beside the page. */
  export function load(name: string): Promise<Scenario | undefined>;
}
