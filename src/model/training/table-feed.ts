/** Batches of a table that is too large for a core. */
import { closeSpool } from '#platform';
import type { Core } from '../../core/core.js';
import { arrangeInSteps } from '../../data/arrange.js';
import { type AnyMatrix, everyRow } from '../../data/dataset.js';
import { encodingOf } from '../encoding.js';
import type { Inputs } from '../inputs.js';
import type { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import type { BatchFeed } from './batch-feed.js';
import type { ChosenRows } from './chosen-rows.js';

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
