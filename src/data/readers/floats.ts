/** Numbers as a table keeps them: as bytes or in float32, if these have all of their digits. */
import type { Values } from '../../storage.js';

/** Whether numbers are whole and from 0 to 255; −0 is none. */
export function fitBytes(numbers: ArrayLike<number>): boolean {
  for (let index = 0; index < numbers.length; index++) {
    if (!Object.is(numbers[index] & 255, numbers[index])) return false;
  }
  return true;
}

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

/** Numbers as bytes if they are whole and from 0 to 255, else as float32 if that has all of their digits, else as float64. */
export function narrowed(numbers: Float32Array | Float64Array | Int32Array): Values | Float64Array {
  if (fitBytes(numbers)) return new Uint8Array(numbers);
  if (numbers instanceof Float32Array) return numbers;
  if (areShort(numbers)) return new Float32Array(numbers);
  return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
}
