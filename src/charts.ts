/**
 * The charts of the artifacts for pages that draw them with Vega: what each looks like. What it shows comes from `data`
 * of its `Chart`, in `artifacts.ts`.
 */
import type { Look } from './artifacts/theme.js';
import { dataflows } from './generated/dataflows.js';

export { type Chart, type ChartData, type Room, textOf } from './artifacts/chart.js';
export { curveStyles } from './artifacts/roc-curves.js';
export { fontFamily, type Look, scale } from './artifacts/theme.js';

/**
 * The dataflow that draws a chart, a new one each time, for `new View(dataflow, { expr: expressionInterpreter })` of
 * `vega` 6 and `vega-interpreter` 2: it holds no text to be evaluated, so that a strict content policy lets it run. It
 * is loaded when it is asked for.
 *
 * @param picture a file name, as `picture` of an artifact
 * @throws RangeError where there is no such chart
 */
export async function loadDataflow(picture: string, look: Look): Promise<object> {
  if (!Object.hasOwn(dataflows, picture)) throw new RangeError(`there is no chart ${picture}`);
  return JSON.parse((await dataflows[picture][look]()).default);
}
