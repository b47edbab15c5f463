/**
 * The charts of the artifacts for pages that draw them with Vega: what each looks like. What it shows comes from `data`
 * of its `Chart`, in `artifacts.ts`.
 */
import type { Look } from './artifacts/theme.js';
import { dataflows } from './generated/dataflows.js';

export { type Chart, type ChartData, type Room, textOfChart } from './artifacts/chart.js';
export { type CurvePoint, type CurvePoints, curveStyles, nearestCurve } from './artifacts/roc-curves.js';
export { fontFamily, type Look, pictureScale } from './artifacts/theme.js';

/**
 * The dataflow that draws a chart, a new one each time, for `new View(dataflow, { expr: expressionInterpreter })` of
 * `vega` 6 and `vega-interpreter` 2: it holds no text to be evaluated, so that a strict content policy lets it run. It
 * is loaded when it is asked for.
 *
 * @param picture a file name, as `picture` of an artifact
 * @throws RangeError where there is no such chart, or no such look
 */
export async function loadDataflow(picture: string, look: Look): Promise<object> {
  if (!Object.hasOwn(dataflows, picture)) throw new RangeError(`there is no chart ${picture}`);
  const ofPicture = dataflows[picture];
  if (!Object.hasOwn(ofPicture, look)) {
    throw new RangeError(`there is no look ${look}: expected one of ${Object.keys(ofPicture).join(', ')}`);
  }
  return JSON.parse((await ofPicture[look]()).default);
}
