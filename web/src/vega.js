import { transforms } from 'vega-dataflow';
import * as encode from 'vega-encode';
import { expressionInterpreter } from 'vega-interpreter';
import * as data from 'vega-transforms';
import { logger, Warn } from 'vega-util';
import { View } from 'vega-view';
import * as layout from 'vega-view-transforms';

// As much of Vega as the charts take: a third of `vega` is maps, forces, trees and words.
Object.assign(transforms, data, encode, layout);

export function createView(dataflow, problems) {
  return new View(
    // Nothing is bound to a form.
    { ...dataflow, eventConfig: { bind: 'none' } },
    {
      renderer: 'none',
      expr: expressionInterpreter,
      logger: logger(Warn, 'error', (_method, _level, messages) => problems.push(...messages)),
    },
  );
}
