/** A dense table of numbers, row-major: `values[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Features (n × d) and, for each row, the index of its class in `classes`. */
export interface Dataset {
  readonly features: Matrix;
  /** n class indices. */
  readonly labels: Int32Array;
  /** Class names, in the order that every artifact uses. */
  readonly classes: readonly string[];
}
