/** Copies the chosen rows of a row-major table of d columns, one after another; runs of adjacent rows in one go. */
export function gatherRows(features: Float32Array, d: number, rows: Int32Array, target: Float32Array): void {
  for (let i = 0, next = 0; i < rows.length; i = next) {
    const row = rows[i];
    do next++;
    while (next < rows.length && rows[next] === row + next - i);
    target.set(features.subarray(row * d, (row + next - i) * d), i * d);
  }
}
