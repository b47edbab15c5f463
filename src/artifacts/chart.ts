/** What a chart's constant specification leaves open. */
export interface ChartData {
  /** Values of its named parameters; `width` and `height` where the data decide on them. */
  readonly params: Readonly<Record<string, string | number | readonly string[]>>;
  /** Rows of its named data sets. */
  readonly datasets: Readonly<Record<string, readonly object[]>>;
}

/**
 * A picture of a payload: a constant Vega-Lite specification that names its parameters and data sets, and a
 * pure function from the payload to their contents. The build compiles the specification to the dataflow that
 * Vega runs, so that no run pays for it.
 */
export interface Chart<Payload> {
  /** A `TopLevelSpec` of Vega-Lite, a type that those who import this package need not have. */
  readonly spec: object;
  data(payload: Payload): ChartData;
}
