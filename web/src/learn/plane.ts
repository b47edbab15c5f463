/** The decision regions over two columns: what the model says at each point, the rows, and the axes. */
import { html, svg } from 'lit-html';
import { colourOf } from '../page.js';
import { brief, counted } from '../quantity.js';
import { painted } from './figures.js';
import type { Plane, Regions } from './regions.js';
import type { Course } from './replay.js';

/** Number of colours `--class-0` … in learn.css. */
const HUES = 7;
/** Outlines of points around 0, 0, of a size of about 1: which one tells classes of the same colour apart. */
const SHAPES = [
  'M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0',
  'M0 -1.2L1.1 0.9H-1.1Z',
  'M-0.9 -0.9H0.9V0.9H-0.9Z',
  'M0 -1.3L1.3 0L0 1.3L-1.3 0Z',
  'M0 1.2L1.1 -0.9H-1.1Z',
];
/** Opacity of a region. */
const PALE = 0.28;

/** Where a training can show regions: two columns of numbers or more, which are no pixels. */
export const hasPlane = ({ numbers }: Course) => numbers.length >= 2;

/**
 * @param choose called with the plane that the visitor wants to see
 */
export function planeFigure(
  { classes, numbers, featureNames }: Course,
  regions: Regions | undefined,
  epoch: number,
  plane: Plane,
  choose: (plane: Plane) => void,
) {
  const chooser = (axis: 'x' | 'y', label: string) => html`<label>${label}
    <select id="plane-${axis}" @change=${(event: Event) => choose({ ...plane, [axis]: Number(chosenIn(event)) })}>
      ${numbers.map(
        ({ column, name }) =>
          html`<option value=${column} .selected=${column === plane[axis]} ?disabled=${column === plane[axis === 'x' ? 'y' : 'x']}>${name}</option>`,
      )}
    </select>
  </label>`;
  const others = featureNames.length - 2;
  return html`<h3>Where the model says which class</h3>
    <div class="plane-form">
      ${chooser('x', 'Across')} ${chooser('y', 'Up')}
      <label>Points
        <select id="plane-points" @change=${(event: Event) => choose({ ...plane, points: chosenIn(event) as Plane['points'] })}>
          <option value="heldOut" .selected=${plane.points === 'heldOut'}>held-out rows</option>
          <option value="trained" .selected=${plane.points === 'trained'}>training rows</option>
        </select>
      </label>
    </div>
    ${regions && drawn(regions, classes, nameOf(plane.x), nameOf(plane.y), `after epoch ${epoch}`)}
    <p class="muted">${
      others > 0
        ? `The other ${counted(others, 'column')} ${others === 1 ? 'is' : 'are'} at the mean, or the first level: a cut through the model.`
        : 'The table has these two columns only: this is the whole model.'
    }</p>`;

  function nameOf(column: number): string {
    return featureNames[column];
  }
}

const chosenIn = (event: Event) => (event.target as HTMLSelectElement).value;

function drawn(regions: Regions, classes: readonly string[], across: string, up: string, when: string) {
  const { x, y, points, rows } = regions;
  const right = (value: number) => (100 * (value - x[0])) / (x[1] - x[0]);
  const down = (value: number) => (100 * (y[1] - value)) / (y[1] - y[0]);
  const shown = points.length < rows ? `${points.length} of ${counted(rows, 'row')}` : counted(rows, 'row');
  return html`<div class="plane">
      <p class="up"><span>${up}</span></p>
      <p class="ticks-y">${ticksOf(...y).map((tick) => html`<span .style=${`inset-block-start: ${down(tick)}%`}>${tickText(tick)}</span>`)}</p>
      <div class="field">
        <canvas role="img" aria-label="Predicted classes over ${across} and ${up}, ${when}, with ${shown}"
          ${painted((canvas) => paintRegions(canvas, regions))}></canvas>
        <svg viewBox="0 0 100 100" aria-hidden="true">
          ${points.map(
            (point) =>
              svg`<path class="point hue-${point.label % HUES}" d=${shapeOf(point.label)} transform="translate(${right(point.x)} ${down(point.y)}) scale(1.15)" />`,
          )}
          ${placesOf(regions).map(
            ({ label, left, top }) => svg`<text x=${left} y=${top}>${classes[label]}</text>`,
          )}
        </svg>
      </div>
      <p class="ticks-x">${ticksOf(...x).map((tick) => html`<span .style=${`inset-inline-start: ${right(tick)}%`}>${tickText(tick)}</span>`)}</p>
      <p class="across">${across}</p>
    </div>
    <ul class="keys plane-key" aria-label="Classes">
      ${classes.map(
        (name, label) => html`<li>
          <svg viewBox="-2 -2 4 4" width="18" height="18" aria-hidden="true">${svg`<path class="point hue-${label % HUES}" d=${shapeOf(label)} />`}</svg>${name}
        </li>`,
      )}
    </ul>`;
}

function shapeOf(label: number): string {
  return SHAPES[label % SHAPES.length];
}

function paintRegions(canvas: HTMLCanvasElement, { side, classes }: Regions): void {
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.globalAlpha = PALE;
  for (let start = 0; start < classes.length; ) {
    // Points of one class beside each other are one rectangle.
    let end = start + 1;
    while (end % side !== 0 && classes[end] === classes[start]) end++;
    context.fillStyle = colourOf(`class-${classes[start] % HUES}`);
    context.fillRect(start % side, Math.floor(start / side), end - start, 1);
    start = end;
  }
}

/** The place of the name of each class: the point of its region that is farthest from others and from the edge. */
function placesOf({ side, classes }: Regions): { label: number; left: number; top: number }[] {
  const depth = new Uint16Array(classes.length);
  const grow = (at: number, from: readonly number[]) => {
    const nearest = from.map((other) => (classes[other] === classes[at] ? depth[other] : 0));
    depth[at] = Math.min(depth[at], 1 + Math.min(...nearest));
  };
  const isEdge = (at: number) => {
    const [down, right] = [Math.floor(at / side), at % side];
    return down === 0 || right === 0 || down === side - 1 || right === side - 1;
  };
  for (let at = 0; at < classes.length; at++) {
    depth[at] = side;
    if (isEdge(at)) depth[at] = 1;
    else grow(at, [at - 1, at - side]);
  }
  for (let at = classes.length - 1; at >= 0; at--) if (!isEdge(at)) grow(at, [at + 1, at + side]);
  const deepest = new Map<number, number>();
  for (const [at, label] of classes.entries()) {
    const best = deepest.get(label);
    if (best === undefined || depth[at] > depth[best]) deepest.set(label, at);
  }
  return [...deepest]
    .filter(([, at]) => depth[at] > 4)
    .map(([label, at]) => ({
      label,
      left: (100 * ((at % side) + 0.5)) / side,
      top: (100 * (Math.floor(at / side) + 0.5)) / side,
    }));
}

/** About five round numbers of a range. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

function tickText(tick: number): string {
  const short = Number(tick.toPrecision(10));
  return Math.abs(short) < 1e6 ? String(short) : brief(tick, 4);
}
