/** @throws RangeError unless there is exactly one value per label, and at least one label */
export function checkPaired(labels: Int32Array, values: Int32Array | Float64Array): void {
  if (labels.length === 0) throw new RangeError('there are no rows to measure');
  if (values.length !== labels.length) {
    throw new RangeError(`${values.length} values do not pair with ${labels.length} labels`);
  }
}
