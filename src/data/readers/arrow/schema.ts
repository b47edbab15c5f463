/** The columns that an Arrow schema describes: https://arrow.apache.org/docs/format/Columnar.html. */
import { MAX_COLUMNS } from '../../columns.js';
import type { FlatTable } from './flatbuffer.js';

/** Most fields within each other. */
const MAX_DEPTH = 64;

/** The type of values. */
export type ArrowType =
  | { readonly kind: 'null' }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'decimal'; readonly bits: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text'; readonly offsetBits: 32 | 64 }
  | { readonly kind: 'text view' }
  /** Days of 32 bits, or milliseconds of 64. */
  | { readonly kind: 'date'; readonly bits: 32 | 64 }
  | { readonly kind: 'timestamp'; readonly digits: number; readonly isUtc: boolean }
  | { readonly kind: 'other'; readonly name: string };

/** A column. */
export interface Field {
  readonly name: string;
  /** Type of its values, or of those in its dictionary. */
  readonly type: ArrowType;
  /** The dictionary of its values, if it has indices instead. */
  readonly dictionary?: Dictionary;
  readonly parts: Parts;
}

/** The dictionary of a column, which has an index of this type for each row. */
export interface Dictionary {
  readonly id: number;
  readonly bits: number;
  readonly isSigned: boolean;
  /** Its values, as a column of a batch of their own. */
  readonly values: Field;
}

/** Number of parts that a field has in a batch, those of its inner fields included. */
export interface Parts {
  readonly nodes: number;
  readonly buffers: number;
  /** Fields with a number of further buffers that each batch tells. */
  readonly views: number;
}

/** Layouts of types by their number: name, buffers, and whether further buffers follow. */
const layouts: readonly (readonly [name: string, buffers: number, hasViews?: true])[] = [
  ['nothing', 0],
  ['null', 0],
  ['integer', 2],
  ['float', 2],
  ['binary', 3],
  ['text', 3],
  ['boolean', 2],
  ['decimal', 2],
  ['date', 2],
  ['time', 2],
  ['timestamp', 2],
  ['interval', 2],
  ['list', 2],
  ['struct', 1],
  ['union', 1],
  ['binary', 2],
  ['list', 1],
  ['map', 2],
  ['duration', 2],
  ['binary', 3],
  ['text', 3],
  ['list', 2],
  ['run-end encoded', 0],
  ['binary', 2, true],
  ['text', 2, true],
  ['list', 3],
  ['list', 3],
];

/** Numbers of types. */
const NULL = 1;
const INTEGER = 2;
const FLOAT = 3;
const UTF8 = 5;
const BOOLEAN = 6;
const DECIMAL = 7;
const DATE = 8;
const TIMESTAMP = 10;
const UNION = 14;
const LARGE_UTF8 = 20;
const UTF8_VIEW = 24;
/** From this version of the format on, unions have no bitmap of missing values. */
const VERSION_5 = 4;

/**
 * The columns of a schema.
 *
 * @param version of its message
 * @throws Error if it is damaged, or big-endian
 */
export function readSchema(schema: FlatTable, version: number): Field[] {
  if (schema.short(0) !== 0) throw new Error('its numbers are big-endian, expected little-endian ones');
  const seen = { count: 0 };
  return schema.tables(1).map((field) => readField(field, version, seen, 0));
}

function readField(field: FlatTable, version: number, seen: { count: number }, depth: number): Field {
  seen.count++;
  if (seen.count > MAX_COLUMNS || depth > MAX_DEPTH) throw new Error('it has too many fields within fields');
  const number = field.byte(2);
  const layout = layouts[number];
  if (!layout) throw new Error(`a column has the unknown type ${number}`);
  const [name, buffers, hasViews] = layout;
  const parameters = field.table(3);
  const encoding = field.table(4);
  const index = encoding?.table(1);
  const inner = field.tables(5).map((child) => readField(child, version, seen, depth + 1).parts);
  const own = { nodes: 1, buffers: buffers + extra(number, parameters, version), views: hasViews ? 1 : 0 };
  const values: Field = {
    name: field.text(0) ?? '',
    type: readType(number, name, parameters),
    parts: inner.reduce(plus, own),
  };
  if (!encoding) return values;
  const [bits, isSigned] = index ? [index.int(0), index.byte(1) !== 0] : [32, true];
  return {
    ...values,
    dictionary: { id: encoding.long(0), bits, isSigned, values },
    parts: { nodes: 1, buffers: 2, views: 0 },
  };
}

/** Further buffers of unions: where values are, if they lie densely, and which are missing, in older versions. */
function extra(number: number, parameters: FlatTable | undefined, version: number): number {
  if (number !== UNION) return 0;
  return (parameters?.short(0) === 1 ? 1 : 0) + (version < VERSION_5 ? 1 : 0);
}

function plus(a: Parts, b: Parts): Parts {
  return { nodes: a.nodes + b.nodes, buffers: a.buffers + b.buffers, views: a.views + b.views };
}

function readType(number: number, name: string, parameters: FlatTable | undefined): ArrowType {
  switch (number) {
    case NULL:
      return { kind: 'null' };
    case INTEGER:
      return { kind: 'integer', bits: parameters?.int(0) ?? 0, isSigned: parameters?.byte(1) !== 0 };
    case FLOAT:
      return { kind: 'float', bits: 16 << (parameters?.short(0) ?? 0) };
    case UTF8:
      return { kind: 'text', offsetBits: 32 };
    case LARGE_UTF8:
      return { kind: 'text', offsetBits: 64 };
    case UTF8_VIEW:
      return { kind: 'text view' };
    case BOOLEAN:
      return { kind: 'boolean' };
    case DECIMAL:
      return { kind: 'decimal', scale: parameters?.int(1) ?? 0, bits: parameters?.int(2, 128) ?? 128 };
    case DATE:
      // The unit of a date is days, or milliseconds.
      return { kind: 'date', bits: parameters?.short(0, 1) === 0 ? 32 : 64 };
    case TIMESTAMP:
      return {
        kind: 'timestamp',
        digits: 3 * (parameters?.short(0) ?? 0),
        isUtc: parameters?.text(1) !== undefined,
      };
    default:
      return { kind: 'other', name };
  }
}
