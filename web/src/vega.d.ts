// The packages that Vega is made of come without types; `vega` has them.
export { logger, View, Warn } from 'vega';
export { expressionInterpreter } from 'vega-interpreter';
