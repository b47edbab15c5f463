// The packages that Vega is made of come without types; `vega` has them.
import type { View } from 'vega';

/**
 * A view that evaluates no text and has no element yet.
 *
 * @param problems gets what Vega tells its logger only, in the middle of a chart that it draws all the same
 */
export function createView(dataflow: object, problems: unknown[]): View;
