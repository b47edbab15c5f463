/** How the rows of batches come into a core. */
import type { Core } from '../../core/core.js';

/** Gives a core the rows of one batch after another. */
export interface BatchFeed {
  /** Called before the batches of an epoch, with all of their rows. */
  begin(order: Int32Array): Promise<void>;
  /** Lets the core take its gradients over these rows, the first of which has the given place in the order. */
  take(batch: Int32Array, first: number): void;
  /** Called after the batches of an epoch, or if one of them fails. */
  end(): void;
}

/** Batches of the packed rows of a core. After them, it takes its gradients over all rows again. */
export function feedFromCore(core: Core): BatchFeed {
  return { async begin() {}, take: (batch) => core.select(batch), end: () => core.select() };
}
