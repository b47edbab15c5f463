/** How the rows of batches come into a core. */
import { closeSpool } from '#platform';
import type { Core } from '../../core/core.js';
import { arrangeInSteps } from '../../data/arrange.js';
import { type AnyMatrix, everyRow } from '../../data/dataset.js';
import { encodingOf } from '../encoding.js';
import type { Inputs } from '../inputs.js';
import type { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import type { ChosenRows } from './chosen-rows.js';

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

/**
 * Batches of rows that are packed for each epoch anew, since a core has no room for all of them.
 *
 * @param core one for as many rows as a batch has
 */
export function feedFromTable(
  core: Core,
  { dataset, rows }: ChosenRows,
  weights: RowWeights | undefined,
  inputs: Inputs,
  turns: Turns,
): BatchFeed {
  const { features, labels } = dataset;
  const encoding = encodingOf(inputs, features);
  let table: AnyMatrix = features;
  return {
    async begin(order) {
      if ('values' in features) return;
      table = await turns.take(
        arrangeInSteps(
          features,
          order.map((place) => rows[place]),
        ),
      );
    },
    take(batch, first) {
      const chosen = batch.map((place) => rows[place]);
      const read = table === features ? chosen : chosen.map((_, place) => first + place);
      core.pack(encoding.gatherKnown(table), read, inputs.scaler);
      core.label(labels, chosen, 0, weights?.relative);
      core.select(everyRow({ rows: batch.length }));
    },
    end() {
      if (table !== features && 'spool' in table) closeSpool(table.spool);
      table = features;
    },
  };
}
