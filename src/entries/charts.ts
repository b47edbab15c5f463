/**
 * The charts of the artifacts, for pages that draw them with Vega. This is how they look; what they show comes from
 * the `data` of each `Chart`, in `artifacts.ts`.
 */
import { type Change, makeChanges } from '../charts/changes.js';
import type { Look } from '../charts/theme.js';
import { type Dataflows, otherDataflows, runDataflows } from '../generated/dataflows.js';

export { type Chart, type ChartData, type Room, textOfChart } from '../charts/chart.js';
export { type CurvePoint, type CurvePoints, curveStyles, nearestCurve } from '../charts/roc-curves.js';
export { fontFamily, type Look, pictureScale } from '../charts/theme.js';

/**
 * The `Runtime` that Vega's `View` takes. It is declared here so that importers don't need Vega's types. Nobody but Vega
 * reads its parts: as `never[]` they fit whatever Vega calls them.
 */
export interface Dataflow {
  description: string;
  operators: never[];
  streams: never[];
  updates: never[];
  bindings: never[];
}

/**
 * The dataflow that draws a chart, a new object for each call, for
 * `new View(dataflow, { expr: expressionInterpreter })` of `vega` 6 and `vega-interpreter` 2. It contains no code
 * to evaluate, so it runs under a strict content security policy. It is loaded on demand.
 *
 * @param picture file name, the `picture` of an artifact
 * @throws RangeError if there is no such chart or look
 */
export async function loadDataflow(picture: string, look: Look): Promise<Dataflow> {
  return load({ ...runDataflows, ...otherDataflows }, picture, look);
}

/**
 * The same for the charts of a training run alone, those of `artifacts`: bundlers leave all other charts out of a page
 * that calls nothing but this.
 *
 * @throws RangeError if there is no such chart or look
 */
export async function loadRunDataflow(picture: string, look: Look): Promise<Dataflow> {
  return load(runDataflows, picture, look);
}

async function load(dataflows: Dataflows, picture: string, look: Look): Promise<Dataflow> {
  if (!Object.hasOwn(dataflows, picture)) throw new RangeError(`there is no chart ${picture}`);
  const { dataflow, changes }: Drawn = JSON.parse((await dataflows[picture]()).default);
  if (!Object.hasOwn(changes, look)) {
    throw new RangeError(`there is no look ${look}: expected one of ${Object.keys(changes).join(', ')}`);
  }
  makeChanges(dataflow, changes[look]);
  return dataflow;
}

/** A chart for one look, and what to change for each. */
interface Drawn {
  readonly dataflow: Dataflow;
  readonly changes: Readonly<Record<Look, readonly Change[]>>;
}
