import { sum } from '../numbers.js';
import { counted, quoted } from '../text.js';
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

/** Left out columns to name. */
const NAMED = 3;

/** "12 columns: 5 numbers, 4 categories (31 levels), 3 left out: Name (891 different texts in 891 rows), …" */
export function columnsInWords(columns: readonly ColumnAccount[]): string {
  const numbers = columns.filter(({ kind }) => kind === 'number').length;
  const categories = columns.filter(({ kind }) => kind === 'category');
  const leftOut = columns.filter(({ kind }) => kind === 'left out');
  const levels = sum(categories.map((column) => column.levels ?? 0));
  const named = leftOut.slice(0, NAMED).map(({ name, why }) => `${quoted(name)} (${why})`);
  const more = leftOut.length > NAMED ? ` and ${leftOut.length - NAMED} more` : '';
  const words = [
    ...(numbers > 0 ? [counted(numbers, 'number')] : []),
    ...(categories.length > 0
      ? [
          `${categories.length} ${categories.length === 1 ? 'category' : 'categories'} (${counted(levels, 'level')})`,
        ]
      : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out: ${named.join(', ')}${more}`] : []),
  ];
  return `${counted(columns.length, 'column')}: ${words.join(', ')}`;
}
