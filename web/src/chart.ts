/** Charts of the artifacts: in the page, as SVG that fits its place, and as the PNG that Node draws. */
import type { Artifact } from 'digit-classifier/artifacts';
import {
  type ChartData,
  fontFamily,
  type Look,
  loadDataflow,
  pictureScale,
  textOfChart,
} from 'digit-classifier/charts';
import type { Runtime, View } from 'vega';

/** Where something is in a plot: values of its axes, and on an axis of classes the number of the class. */
export interface Place {
  /** Which plot of a chart that has two: `whole` or `magnified`; else nothing. */
  readonly panel: string;
  readonly x: number;
  /** Not a number where a plot has two vertical axes. */
  readonly y: number;
}

/** A chart in a page. */
export interface Shown<Payload> {
  /** What is drawn; its heading and subtitle are for the page to show. */
  readonly data: ChartData;
  /** Draws another payload of the same artifact. */
  update(payload: Payload): Promise<void>;
  /** Sets what somebody points at: `highlighted`, or `selectedActual` and `selectedPredicted`; −1 is none. */
  set(params: Readonly<Record<string, number>>): Promise<void>;
  /** Where a pointer is, or nothing where that is in no plot. */
  placeOf(event: MouseEvent): Place | undefined;
  /** Where a place is, in pixels from the upper left corner of the picture. */
  pixelsOf(place: Place): { readonly left: number; readonly top: number };
  remove(): void;
}

/**
 * Draws the chart of a payload at the end of an element, as wide as that is, and again when its width changes. The heading
 * becomes its accessible name.
 *
 * @throws Error where it can't be drawn
 */
export async function showChart<Payload extends object>(
  container: HTMLElement,
  { picture, chart }: Pick<Artifact<Payload>, 'picture' | 'chart'>,
  payload: Payload,
  look: Exclude<Look, 'paper'>,
): Promise<Shown<Payload>> {
  let shown = payload;
  let data = chart.data(shown, { width: container.clientWidth, margin: 0 });
  const { view, run } = await prepare(picture, look, data);
  const element = container.appendChild(document.createElement('div'));
  let width = element.clientWidth;
  view.renderer('svg').initialize(element);
  const svg = () => element.querySelector('svg') as SVGSVGElement;

  /** Draws in all of the width and, where axes make that too wide, in as much less. */
  async function draw(): Promise<void> {
    let margin = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      data = chart.data(shown, { width, margin });
      view.resize();
      await run(data);
      const drawn = svg().width.baseVal.value;
      if (drawn <= width) break;
      const panels = panelsOf(view);
      const plots = panels.filter(({ top }) => top === panels[0].top);
      margin = Math.ceil(plots.reduce((rest, plot) => rest - plot.width, drawn));
    }
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', data.params.heading);
    element.removeAttribute('aria-roledescription');
    // Its marks have no names of their own.
    svg().setAttribute('aria-hidden', 'true');
  }

  // One after the other: each takes several turns.
  let last: Promise<unknown> = Promise.resolve();
  const queue = (task: () => Promise<unknown>): Promise<void> => {
    const done = last.then(task);
    last = done.catch(() => undefined);
    return done.then(() => undefined);
  };

  await queue(draw);
  const observer = new ResizeObserver(() => {
    if (element.clientWidth === width || element.clientWidth === 0) return;
    width = element.clientWidth;
    void queue(draw);
  });
  observer.observe(element);

  return {
    get data() {
      return data;
    },
    update(payload) {
      shown = payload;
      return queue(draw);
    },
    set: (params) => queue(() => run({ params })),
    placeOf(event) {
      const bounds = svg().getBoundingClientRect();
      const [left, top] = [event.clientX - bounds.left, event.clientY - bounds.top];
      const panel = panelsOf(view).find(
        (panel) =>
          left >= panel.left &&
          left <= panel.left + panel.width &&
          top >= panel.top &&
          top <= panel.top + panel.height,
      );
      if (panel === undefined) return undefined;
      return {
        panel: panel.name,
        x: invert(panel.x, left - panel.left),
        y: invert(panel.y, top - panel.top),
      };
    },
    pixelsOf(place) {
      const panel = panelsOf(view).find(({ name }) => name === place.panel);
      if (panel === undefined) throw new RangeError(`${picture} has no panel ${place.panel}`);
      return { left: panel.left + project(panel.x, place.x), top: panel.top + project(panel.y, place.y) };
    },
    remove() {
      observer.disconnect();
      view.finalize();
      element.remove();
    },
  };
}

/**
 * Draws the picture that `digits` draws, to PNG; how letters are smoothed is the browser's own.
 *
 * @param data of a chart, for paper
 * @throws Error where it can't be drawn
 */
export async function drawPng(picture: string, data: ChartData): Promise<Uint8Array> {
  const { view, run } = await prepare(picture, 'paper', data);
  await run(data);
  const canvas = await view.toCanvas(pictureScale);
  const blob = await new Promise<Blob | null>((fulfil) => canvas.toBlob(fulfil, 'image/png'));
  if (blob === null) throw new Error(`${picture} can't be drawn: it is too large for a canvas`);
  return new Uint8Array(await blob.arrayBuffer());
}

/** What a view is filled with. */
type Filling = Pick<Partial<ChartData>, 'datasets'> & { readonly params: Partial<ChartData['params']> };

/** A view of that chart, and what fills it with more data and draws it. The fonts that the data take have been loaded. */
async function prepare(picture: string, look: Look, data: ChartData) {
  const [{ logger, View, Warn }, { expressionInterpreter }, dataflow] = await Promise.all([
    import('vega'),
    import('vega-interpreter'),
    loadDataflow(picture, look) as Promise<Runtime>,
    loadFonts(data),
  ]);
  // Vega tells of what goes wrong in the middle of a chart to its logger only, and draws the rest.
  const problems: unknown[] = [];
  const view = new View(
    // Nothing is bound to a form.
    { ...dataflow, eventConfig: { bind: 'none' } },
    {
      renderer: 'none',
      expr: expressionInterpreter,
      logger: logger(Warn, 'error', (_method, _level, messages) => problems.push(...messages)),
    },
  );
  const run = async ({ params, datasets = {} }: Filling) => {
    for (const [name, value] of Object.entries(params)) view.signal(name, value);
    for (const [name, rows] of Object.entries(datasets)) view.data(name, rows);
    await view.runAsync();
    if (problems.length > 0) throw new Error(`${picture} can't be drawn: ${problems.splice(0).join('; ')}`);
  };
  return { view, run };
}

/** Loads what the text of a chart takes of the fonts, so that it is measured as it will be seen. */
async function loadFonts(data: ChartData): Promise<void> {
  const text = `Axis${textOfChart(data)}`;
  await Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} 12px ${fontFamily}`, text)));
}

/** A scale of Vega's: of numbers, or of classes. */
interface Scale {
  (value: number): number;
  invert?(position: number): number;
  domain(): number[];
  bandwidth?(): number;
}

function project(scale: Scale | undefined, value: number): number {
  if (scale === undefined) return Number.NaN;
  return scale(value) + (scale.bandwidth?.() ?? 0) / 2;
}

function invert(scale: Scale | undefined, position: number): number {
  if (scale === undefined) return Number.NaN;
  if (scale.invert && !scale.bandwidth) return scale.invert(position);
  const domain = scale.domain();
  const bands = domain.map((value) => Math.abs(project(scale, value) - position));
  return domain[bands.indexOf(Math.min(...bands))];
}

/** A plot, in pixels of the picture. */
interface Panel {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Scale | undefined;
  readonly y: Scale | undefined;
}

/** What Vega laid out, as far as it matters here. */
interface Laid {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly items: readonly {
    readonly marktype: string;
    readonly name?: string;
    readonly items: readonly Laid[];
  }[];
}

/** The plots that can be pointed into. Those of a chart of several are groups, whose names, as those of their scales, begin with theirs. */
function panelsOf(view: View): Panel[] {
  const [frame] = (view.scenegraph() as unknown as { root: { items: readonly [Laid] } }).root.items;
  const padding = view.padding() as { left: number; top: number };
  const origin = view.origin();
  const panelOf = (name: string, prefix: string, { x, y, width, height }: Laid): Panel => ({
    name,
    left: padding.left + origin[0] + x,
    top: padding.top + origin[1] + y,
    width,
    height,
    x: scaleOf(view, `${prefix}x`),
    y: scaleOf(view, `${prefix}y`),
  });
  const panels = frame.items.flatMap(({ name, items }) => {
    const panel = /^(.*)_group$/.exec(name ?? '')?.[1];
    return panel === undefined ? [] : [panelOf(panel, `${panel}_`, items[0])];
  });
  return panels.length > 0 ? panels : [panelOf('', '', frame)];
}

function scaleOf(view: View, name: string): Scale | undefined {
  try {
    return view.scale(name);
  } catch {
    return undefined;
  }
}
