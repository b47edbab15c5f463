/** The learning rate of an epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

/** Inverse-time decay: rate / (1 + decay · epoch). */
export function inverseDecay(rate: number, decay: number): Schedule {
  return (epoch) => rate / (1 + decay * epoch);
}
