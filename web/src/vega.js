/** As much of Vega as the charts take: a third of `vega` is maps, forces, trees and words. */
import { transforms } from 'vega-dataflow';
import * as encode from 'vega-encode';
import * as data from 'vega-transforms';
import * as layout from 'vega-view-transforms';

Object.assign(transforms, encode, data, layout);

export { expressionInterpreter } from 'vega-interpreter';
export { logger, Warn } from 'vega-util';
export { View } from 'vega-view';
