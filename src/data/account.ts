import type { Dataset } from './dataset.js';
import { inTableOrder, type Kind } from './kinds.js';

/** What was decided about a column of a table. */
export interface ColumnAccount {
  readonly name: string;
  readonly kind: Kind['kind'] | 'left out';
  /** Number of different texts of a category. */
  readonly levels?: number;
  /** Why it is left out. */
  readonly why?: string;
}

/** What was decided about each column of a table besides the labels, in their order. */
export function columnsOf({ features, featureNames, leftOut = [] }: Dataset): ColumnAccount[] {
  const { columns, kinds } = features;
  const read = Array.from({ length: columns }, (_, column): ColumnAccount => {
    const name = featureNames?.[column] ?? `feature_${column}`;
    const kind = kinds?.[column];
    if (kind?.kind !== 'category') return { name, kind: 'number' };
    return { name, kind: 'category', levels: kind.levels.length };
  });
  return inTableOrder(read, leftOut, ({ name, why }) => ({ name, kind: 'left out', why }));
}
