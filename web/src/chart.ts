/** Draws the charts of the artifacts: as SVG that fits its place in the page, and as the PNG that Node draws. */
import type { Artifact } from 'digit-classifier/artifacts';
import {
  type ChartData,
  fontFamily,
  type Look,
  loadRunDataflow,
  pictureScale,
  textOfChart,
} from 'digit-classifier/charts';
import type { View } from 'vega';

/** A position in a plot, as values on its axes; on an axis of classes, the index of the class. */
export interface PlotPosition {
  /** The plot of a chart that has two, `whole` or `magnified`; otherwise empty. */
  readonly panel: string;
  readonly x: number;
  /** NaN if the plot has two vertical axes. */
  readonly y: number;
}

/** A browser looks for fonts by itself. */
const hasAnyFont = () => true;

/** A chart in a page. */
export interface Shown<Payload> {
  /** The data of the chart; the page should show its heading and subtitle. */
  readonly data: ChartData;
  /** Draws another payload of the same artifact. */
  update(payload: Payload): Promise<void>;
  /** Sets what is highlighted: `highlighted`, or `selectedActual` and `selectedPredicted`; −1 for nothing. */
  set(params: Readonly<Record<string, number>>): Promise<void>;
  /** The position of a pointer; undefined if it is outside of all plots. */
  positionOf(event: MouseEvent): PlotPosition | undefined;
  /** Pixels of a position from the upper left corner of the picture. */
  pixelsOf(place: PlotPosition): { readonly left: number; readonly top: number };
  remove(): void;
}

/**
 * Draws the chart of a payload at the end of an element, in its full width, and redraws it when that changes. The heading
 * becomes the accessible name of the chart.
 *
 * @throws Error if it can't be drawn
 */
export async function showChart<Payload extends object>(
  container: HTMLElement,
  { picture, chart }: Pick<Artifact<Payload>, 'picture' | 'chart'>,
  payload: Payload,
  look: Exclude<Look, 'paper'>,
): Promise<Shown<Payload>> {
  let shown = payload;
  let data = chart.data(shown, { width: container.clientWidth, margin: 0 }, hasAnyFont);
  const { view, run } = await prepare(picture, look, data);
  const element = container.appendChild(document.createElement('div'));
  let width = element.clientWidth;
  view.renderer('svg').initialize(element);
  const svg = () => element.querySelector('svg') as SVGSVGElement;

  /** Draws in the full width. If the axes make it too wide, draws again, narrower by the width of the axes. */
  async function draw(): Promise<void> {
    let margin = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      data = chart.data(shown, { width, margin }, hasAnyFont);
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
    // The marks of the chart have no accessible names of their own.
    svg().setAttribute('aria-hidden', 'true');
  }

  // Draws are queued, since each takes several turns of the event loop.
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
    positionOf(event) {
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
 * Draws the same picture as `digits`, as a PNG; only the smoothing of letters is the browser's own.
 *
 * @param data data of the chart, for paper
 * @throws Error if it can't be drawn
 */
export async function drawPng(picture: string, data: ChartData): Promise<Uint8Array> {
  const { view, run } = await prepare(picture, 'paper', data);
  await run(data);
  const canvas = await view.toCanvas(pictureScale);
  const blob = await new Promise<Blob | null>((fulfil) => canvas.toBlob(fulfil, 'image/png'));
  if (blob === null) throw new Error(`${picture} can't be drawn: it is too large for a canvas`);
  return new Uint8Array(await blob.arrayBuffer());
}

/** New data for a view. */
type Filling = Pick<Partial<ChartData>, 'datasets'> & { readonly params: Partial<ChartData['params']> };

/** A view of a chart, and a function that draws it with new data. The fonts that the data need have been loaded. */
async function prepare(picture: string, look: Look, data: ChartData) {
  const [{ logger, View, Warn }, { expressionInterpreter }, dataflow] = await Promise.all([
    import('vega'),
    import('vega-interpreter'),
    loadRunDataflow(picture, look),
    loadFonts(data),
  ]);
  // Vega reports errors in parts of a chart to its logger only, and draws the rest.
  const problems: unknown[] = [];
  const view = new View(
    // No signal is bound to a form element.
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

/** Loads the fonts for the text of a chart, so that Vega measures it as it will appear. */
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

/** The relevant part of Vega's layout. */
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

/**
 * The plots of a chart. If there are several, they are groups, and the names of the groups and of their scales begin with
 * the name of the plot.
 */
function panelsOf(view: View): Panel[] {
  const [frame] = (view.scenegraph() as unknown as { root: { items: readonly [Laid] } }).root.items;
  const padding = view.padding() as { left: number; top: number };
  const origin = view.origin();
  const panelOf = (
    name: string,
    prefix: string,
    left: number,
    top: number,
    { width, height }: Laid,
  ): Panel => ({
    name,
    left,
    top,
    width,
    height,
    x: scaleOf(view, `${prefix}x`),
    y: scaleOf(view, `${prefix}y`),
  });
  /** The panels in a group, which may have groups of panels itself. */
  const panelsIn = ({ items }: Laid, left: number, top: number): Panel[] =>
    items.flatMap(({ name, items: [inner] }) => {
      const panel = /^(.*)_group$/.exec(name ?? '')?.[1];
      if (panel === undefined) return [];
      const [x, y] = [left + inner.x, top + inner.y];
      const nested = panelsIn(inner, x, y);
      return nested.length > 0 ? nested : [panelOf(panel, `${panel}_`, x, y, inner)];
    });
  const [left, top] = [padding.left + origin[0], padding.top + origin[1]];
  const panels = panelsIn(frame, left + frame.x, top + frame.y);
  return panels.length > 0 ? panels : [panelOf('', '', left + frame.x, top + frame.y, frame)];
}

function scaleOf(view: View, name: string): Scale | undefined {
  try {
    return view.scale(name);
  } catch {
    return undefined;
  }
}
