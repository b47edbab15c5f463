/** A loss falls still if it has fallen by more than this share over the last tenth of the epochs. */
const STEADY = 0.01;

/** The first epoch of the last tenth, which is rounded up to whole epochs. */
export function lastTenthOf(epochs: number): number {
  return epochs - Math.ceil(epochs / 10) + 1;
}

/**
 * Whether a training that took all its epochs ended too early for its loss to be steady.
 *
 * @param before the loss of the first epoch of the last tenth; with batches its mean over them
 * @param after the loss after the last epoch, of all training rows
 */
export function isStillFalling(before: number, after: number): boolean {
  return before - after > STEADY * before;
}
