import { nearestName } from '../spelling.js';
import { quoted } from '../text.js';
import {
  type Cell,
  type ColumnChoice,
  type ExtraColumn,
  type Portion,
  roleNames,
  TableError,
} from './table.js';

/** Most columns of a table, whatever its format: more pixels than any picture has that is classified by them. */
export const MAX_COLUMNS = 2 ** 20;

/** @throws TableError if a table has more columns than it may have */
export function checkColumns(table: string, count: number): void {
  if (count <= MAX_COLUMNS) return;
  throw new TableError(table, `found ${columnsInWords(count)}, expected at most ${MAX_COLUMNS}`);
}

/** Which columns of a table to read, by index. */
export interface ColumnPlan {
  readonly features: Int32Array;
  readonly featureNames: readonly string[];
  /** The places among the features of those that are categories, if some were named. */
  readonly categories?: readonly number[];
  /** The label column, or −1 if there is none. */
  readonly label: number;
  /** Columns with a role, and after them those to keep, if some were chosen. */
  readonly extras?: readonly ExtraColumn[];
}

/** The extra columns of a portion, if some were chosen. */
export function extrasOf(
  { extras }: Pick<ColumnPlan, 'extras'>,
  cellsOf: (column: ExtraColumn, at: number) => ArrayLike<Cell>,
): Pick<Portion, 'extras'> {
  return extras ? { extras: extras.map((column, at) => ({ ...column, cells: cellsOf(column, at) })) } : {};
}

/**
 * Resolves a choice of columns to indices.
 *
 * @param table name of the table, for messages
 * @param count number of columns in the table
 * @param names of the columns, if they have any
 * @throws TableError if there are too many columns, one is missing or ambiguous, or no feature is left
 */
export function planColumns(
  table: string,
  count: number,
  names: readonly string[] | undefined,
  choice: ColumnChoice,
): ColumnPlan {
  checkColumns(table, count);
  const all = names ?? Array.from({ length: count }, (_, index) => `column_${index + 1}`);
  const indexOf = indexesOf(table, all);
  if (choice.features?.length === 0 && choice.label === undefined && count > 1) {
    throw new TableError(table, `found ${columnsInWords(count)}, expected a single column of labels`);
  }
  const label = labelColumn(table, indexOf, choice);
  const { features: wanted } = choice;
  const dropped = new Set(wanted ? [] : findColumns(table, indexOf, choice.drop ?? [], '--drop'));
  const others = new Int32Array(count)
    .map((_, index) => index)
    .filter((index) => index !== label && !dropped.has(index));
  const roles = roleNames.flatMap((role) => {
    const column = choice.roles?.[role];
    if (column === undefined) return [];
    const index = findColumn(table, indexOf, column, `--${role}`);
    return { role, index, name: all[index], place: others.indexOf(index) };
  });
  const kept =
    choice.keep === 'all' ? [...all.keys()] : findColumns(table, indexOf, choice.keep ?? [], '--keep');
  const extras = [...roles, ...kept.map((index) => ({ index, name: all[index] }))];
  const withExtras = extras.length > 0 && { extras };
  if (wanted) {
    return { ...planFeatures(table, indexOf, names !== undefined, label, wanted), ...withExtras };
  }
  if (dropped.has(label)) {
    throw new TableError(table, `${quoted(all[label])} is the label column: it can't be dropped as well`);
  }
  /** What else a column is than a feature; undefined if it is nothing else. */
  const useOf = (index: number, before = roles.length) => {
    if (index === label) return 'the label column';
    if (dropped.has(index)) return 'dropped';
    const role = roles.slice(0, before).find((other) => other.index === index)?.role;
    return role && `given by --${role}`;
  };
  for (const [before, { index, role }] of roles.entries()) {
    const use = useOf(index, before);
    if (use === undefined) continue;
    const remedy = index === label ? '; name the labels with --label' : '';
    throw new TableError(
      table,
      `${quoted(all[index])} is ${use}: it can't be given by --${role} as well${remedy}`,
    );
  }
  const features = others.filter((index) => !roles.some((role) => role.index === index));
  if (features.length === 0) {
    throw new TableError(
      table,
      `found ${columnsInWords(count)} and no feature among them: expected at least one column besides the labels` +
        (count === 1 ? '; do the cells have another --delimiter?' : ''),
    );
  }
  const named = choice.category && findColumns(table, indexOf, choice.category, '--category');
  const categories = named?.map((index) => {
    const at = features.indexOf(index);
    if (at >= 0) return at;
    throw new TableError(
      table,
      `${quoted(all[index])} is ${useOf(index)}: it can't be given by --category as well`,
    );
  });
  return {
    features,
    featureNames: Array.from(features, (index) => all[index]),
    ...(categories && categories.length > 0 && { categories }),
    label,
    ...withExtras,
  };
}

/** The features of a model, matched by name, or by position if the table has no names. */
function planFeatures(
  table: string,
  indexOf: ReadonlyMap<string, number>,
  named: boolean,
  label: number,
  wanted: readonly string[],
): ColumnPlan {
  // Columns without names are called by their positions, so a label column is found even between the features.
  const byName = named || (indexOf.size > wanted.length && wanted.every((name) => indexOf.has(name)));
  if (!byName && indexOf.size < wanted.length) {
    throw new TableError(
      table,
      `found ${columnsInWords(indexOf.size)}, expected the model's ${wanted.length} features`,
    );
  }
  const features = Int32Array.from(wanted, (name, index) => {
    if (!byName) return index;
    const found = indexOf.get(name);
    if (found === undefined) {
      const others = wanted.filter((other) => !indexOf.has(other)).length - 1;
      const more = others > 0 ? ` (nor ${others} more that the model expects)` : '';
      const hint = [...indexOf.keys()].some(isNumber) ? '; give --no-header if the first line is data' : '';
      throw new TableError(table, `there is no column ${quoted(name)}${more}, a feature of the model${hint}`);
    }
    return found;
  });
  const feature = label < 0 ? -1 : features.indexOf(label);
  if (feature >= 0) {
    throw new TableError(
      table,
      `column ${quoted(wanted[feature])} is a feature of the model: expected a separate column of labels; ` +
        'name it with --label',
    );
  }
  return { features, featureNames: wanted, label };
}

function labelColumn(table: string, indexOf: ReadonlyMap<string, number>, { label }: ColumnChoice): number {
  if (label === null) return -1;
  return label === undefined ? indexOf.size - 1 : findColumn(table, indexOf, label, '--label');
}

/** Columns, of which a text may give several with commas, unless it is itself the name of one. */
function findColumns(
  table: string,
  indexOf: ReadonlyMap<string, number>,
  texts: readonly string[],
  flag: string,
): number[] {
  return texts
    .flatMap((text) => (indexOf.has(text) ? [text] : text.split(',').map((column) => column.trim())))
    .map((column) => findColumn(table, indexOf, column, flag));
}

/** Names take precedence over numbers, since columns may be called 1, 2, 3; their case matters only if two differ in it. */
function findColumn(
  table: string,
  indexOf: ReadonlyMap<string, number>,
  column: string,
  flag: string,
): number {
  const named = indexOf.get(column);
  if (named !== undefined) return named;
  const number = /^[1-9]\d*$/.test(column) ? Number(column) : 0;
  if (number >= 1 && number <= indexOf.size) return number - 1;
  const names = [...indexOf.keys()];
  const alike = names.filter((name) => name.toLowerCase() === column.toLowerCase());
  const [only] = alike;
  if (alike.length === 1) return names.indexOf(only);
  const nearest = nearestName(column, names);
  const remedy = nearest === undefined ? `expected ${listed(names)}` : `did you mean ${quoted(nearest)}?`;
  const numbers = `a number from 1 to ${indexOf.size}`;
  throw new TableError(
    table,
    `there is no column ${quoted(column)}, given by ${flag}: ${remedy}${nearest === undefined ? `, or ${numbers}` : ` or give ${numbers}`}`,
  );
}

function columnsInWords(columns: number): string {
  return columns === 1 ? 'a single column' : `${columns} columns`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(quoted).join(', ');
  return names.length > 6 ? `${shown}, … (${names.length} columns)` : `one of ${shown}`;
}

/** @throws TableError if two columns have the same name */
function indexesOf(table: string, names: readonly string[]): ReadonlyMap<string, number> {
  const indexOf = new Map<string, number>();
  names.forEach((name, index) => {
    indexOf.set(name, index);
  });
  if (indexOf.size === names.length) return indexOf;
  const first = names.findIndex((name, index) => indexOf.get(name) !== index);
  const name = names[first];
  throw new TableError(
    table,
    `columns ${first + 1} and ${names.indexOf(name, first + 1) + 1} are both called ${quoted(name)}: expected distinct names` +
      (isNumber(name) ? '; give --no-header if they are data' : ''),
  );
}

function isNumber(name: string): boolean {
  return name.trim() !== '' && Number.isFinite(Number(name));
}
