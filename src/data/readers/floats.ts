/** Numbers as a table keeps them: in float32, if that has all of their digits. */

export type Floats = Float32Array | Float64Array;

/** The least number that is infinite as a float32. */
const TOO_LARGE = 2 ** 128 - 2 ** 103;

/** Whether a number is infinite as a float32. */
export function isInfinite(value: number): boolean {
  return Math.abs(value) >= TOO_LARGE;
}

/** Whether float32 has all digits of all numbers. */
export function areShort(numbers: ArrayLike<number>): boolean {
  for (let index = 0; index < numbers.length; index++) {
    if (!Object.is(Math.fround(numbers[index]), numbers[index])) return false;
  }
  return true;
}

/** Numbers as float32 if that has all of their digits, else as float64. */
export function floatsOf(numbers: Float64Array | Int32Array | Uint32Array): Floats {
  if (areShort(numbers)) return new Float32Array(numbers);
  return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
}
