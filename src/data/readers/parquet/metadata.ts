import type { ParquetType } from 'hyparquet';
import {
  CompressionCodecs,
  ConvertedTypes,
  FieldRepetitionTypes,
  ParquetTypes,
} from 'hyparquet/src/constants.js';
import { quoted } from '../../../text.js';
import type { RandomAccess } from '../../table.js';
import { natural, readStruct, record, type Struct } from './thrift.js';

/** The metadata in the footer of a Parquet file. */
export interface Metadata {
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
}

/** A column of the table; for nested columns, the outermost. */
export interface Column {
  readonly name: string;
  /** Type of its values. */
  readonly type: ColumnType;
  /** How its values are stored; missing if they are nested. */
  readonly storage?: Storage;
}

/** The types that are read, and names of the others for messages. */
export type ColumnType =
  | 'boolean'
  | 'integer'
  | 'unsigned integer'
  | 'float'
  | 'half float'
  | 'decimal'
  | 'text'
  | 'binary'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'interval'
  | 'UUID'
  | 'JSON'
  | 'BSON'
  | 'null'
  | 'geometry'
  | 'geography'
  | 'list'
  | 'map'
  | 'variant'
  | 'struct'
  | 'unknown';

/** Physical storage of a column's values. */
export interface Storage {
  readonly physical: ParquetType;
  /** Bytes per value, for values of fixed length. */
  readonly width?: number;
  /** Whether values may be missing. */
  readonly optional: boolean;
  /** Digits after the point, for decimals. */
  readonly scale: number;
  /** Whether a timestamp is one of UTC, and the digits of the fraction of a second that it counts. */
  readonly clock?: { readonly isUtc: boolean; readonly digits: number };
  /** Index among the leaf columns of the schema. */
  readonly leaf: number;
}

/** Consecutive rows, stored column by column. */
export interface RowGroup {
  readonly rows: number;
  /** One per `leaf`. */
  readonly chunks: readonly Chunk[];
}

/** A column's values in a row group: a byte range of the file, made of pages. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly codec: string;
  readonly encrypted: boolean;
}

/** Most bytes read in one piece: far beyond any metadata or column in use. */
const MAX_PIECE = 2 ** 30;

const MAGIC = 0x31524150;
const MAGIC_ENCRYPTED = 0x45524150;

/**
 * Reads the metadata of a Parquet file.
 *
 * @throws Error if it is damaged, encrypted, or not a Parquet file at all
 */
export async function readMetadata(file: RandomAccess): Promise<Metadata> {
  if (file.size < 12) throw new Error(`found ${file.size} bytes, expected at least 12`);
  const tail = new DataView((await file.read(file.size - 8, file.size)).buffer);
  const magic = tail.getUint32(4, true);
  if (magic === MAGIC_ENCRYPTED) throw new Error('it is encrypted, expected an unencrypted file');
  if (magic !== MAGIC)
    throw new Error('found no PAR1 at its end: the file was cut off, or has another format');
  const length = tail.getUint32(0, true);
  if (length > file.size - 12 || length > MAX_PIECE) {
    throw new Error(`its metadata claim ${length} of its ${file.size} bytes`);
  }
  const bytes = await file.read(file.size - 8 - length, file.size - 8);
  const { struct } = readStruct(bytes, 0);
  const { columns, leaves } = readSchema(list(struct.field_2).map(record));
  return {
    columns,
    groups: list(struct.field_4).map((group) => readGroup(record(group), leaves, file.size)),
  };
}

/** The schema is a tree in depth-first order: each element is followed by its children. */
function readSchema([root, ...elements]: readonly Struct[]): { columns: Column[]; leaves: string[] } {
  const columns: Column[] = [];
  const leaves: string[] = [];
  let at = 0;
  for (let left = natural(root?.field_5 ?? 0); left > 0; left--) {
    const element = elements[at];
    if (!element) throw new Error(`its schema ends after ${columns.length} columns`);
    const name = text(element.field_4);
    const leaf = leaves.length;
    for (let open = 1; open > 0; open--) {
      const inner = elements[at++];
      if (!inner) throw new Error(`its schema ends within the column ${quoted(name)}`);
      const children = natural(inner.field_5 ?? 0);
      if (children === 0) leaves.push(name);
      open += children;
    }
    columns.push({ name, ...describe(element, leaf) });
  }
  return { columns, leaves };
}

function describe(element: Struct, leaf: number): Omit<Column, 'name'> {
  const repetition = FieldRepetitionTypes[natural(element.field_3 ?? 0)];
  const type = typeOf(element);
  if (repetition === 'REPEATED') return { type: 'list' };
  if (natural(element.field_5 ?? 0) > 0)
    return { type: type === 'list' || type === 'map' || type === 'variant' ? type : 'struct' };
  const physical = physicalType(element.field_1);
  const decimal = element.field_10 === undefined ? undefined : record(element.field_10).field_5;
  const clock = type === 'timestamp' && physical !== 'INT96' ? clockOf(element) : undefined;
  return {
    type,
    storage: {
      physical,
      ...(clock && { clock }),
      ...(physical === 'FIXED_LEN_BYTE_ARRAY' && { width: natural(element.field_2) }),
      optional: repetition === 'OPTIONAL',
      scale: natural((decimal === undefined ? undefined : record(decimal).field_1) ?? element.field_7 ?? 0),
      leaf,
    },
  };
}

/** Older files, which have no logical types, count times of UTC in milli- or microseconds. */
function clockOf({ field_6: converted, field_10: logical }: Struct): Storage['clock'] {
  if (logical === undefined) {
    const isMilli = ConvertedTypes[natural(converted)] === 'TIMESTAMP_MILLIS';
    return { isUtc: true, digits: isMilli ? 3 : 6 };
  }
  const { field_1: isUtc, field_2: unit } = record(record(logical).field_8);
  const { field_1: milli, field_2: micro } = record(unit);
  return { isUtc: isUtc === true, digits: milli !== undefined ? 3 : micro !== undefined ? 6 : 9 };
}

/** Logical types by their field number in the Thrift union; 10, integers, is handled apart. */
const logicalTypes: Readonly<Record<number, ColumnType>> = {
  1: 'text',
  2: 'map',
  3: 'list',
  4: 'text',
  5: 'decimal',
  6: 'date',
  7: 'time',
  8: 'timestamp',
  11: 'null',
  12: 'JSON',
  13: 'BSON',
  14: 'UUID',
  15: 'half float',
  16: 'variant',
  17: 'geometry',
  18: 'geography',
};

/** Converted types, the logical types of older files. */
const convertedTypes: Readonly<Record<string, ColumnType>> = {
  UTF8: 'text',
  ENUM: 'text',
  MAP: 'map',
  MAP_KEY_VALUE: 'map',
  LIST: 'list',
  DECIMAL: 'decimal',
  DATE: 'date',
  TIME_MILLIS: 'time',
  TIME_MICROS: 'time',
  TIMESTAMP_MILLIS: 'timestamp',
  TIMESTAMP_MICROS: 'timestamp',
  UINT_8: 'unsigned integer',
  UINT_16: 'unsigned integer',
  UINT_32: 'unsigned integer',
  UINT_64: 'unsigned integer',
  INT_8: 'integer',
  INT_16: 'integer',
  INT_32: 'integer',
  INT_64: 'integer',
  JSON: 'JSON',
  BSON: 'BSON',
  INTERVAL: 'interval',
};

const physicalTypes: Readonly<Record<ParquetType, ColumnType>> = {
  BOOLEAN: 'boolean',
  INT32: 'integer',
  INT64: 'integer',
  INT96: 'timestamp',
  FLOAT: 'float',
  DOUBLE: 'float',
  BYTE_ARRAY: 'binary',
  FIXED_LEN_BYTE_ARRAY: 'binary',
};

/** The physical types that each readable type may be stored as. */
const storedAs: Partial<Record<ColumnType, readonly ParquetType[]>> = {
  boolean: ['BOOLEAN'],
  integer: ['INT32', 'INT64'],
  'unsigned integer': ['INT32', 'INT64'],
  float: ['FLOAT', 'DOUBLE'],
  'half float': ['FIXED_LEN_BYTE_ARRAY'],
  decimal: ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'],
  text: ['BYTE_ARRAY'],
  date: ['INT32'],
  timestamp: ['INT64', 'INT96'],
  null: ['INT32'],
};

function typeOf(element: Struct): ColumnType {
  const type = namedType(element);
  if (element.field_1 === undefined) return type ?? 'struct';
  const physical = physicalType(element.field_1);
  if (type === undefined) return physicalTypes[physical];
  const fits = storedAs[type]?.includes(physical) ?? true;
  return fits && (type !== 'half float' || element.field_2 === 2) ? type : 'unknown';
}

function namedType({ field_6: converted, field_10: logical }: Struct): ColumnType | undefined {
  if (logical !== undefined) {
    const union = record(logical);
    if (union.field_10 !== undefined)
      return record(union.field_10).field_2 === false ? 'unsigned integer' : 'integer';
    const [key = 'field_0'] = Object.keys(union);
    return logicalTypes[Number(key.slice('field_'.length))] ?? 'unknown';
  }
  return converted === undefined ? undefined : convertedTypes[ConvertedTypes[natural(converted)]];
}

function physicalType(value: unknown): ParquetType {
  const type = ParquetTypes[natural(value)];
  if (type === undefined) throw new Error(`a column is stored as the unknown type ${value}`);
  return type;
}

function readGroup(group: Struct, leaves: readonly string[], size: number): RowGroup {
  const chunks = list(group.field_1).map((chunk) => readChunk(record(chunk), size));
  if (chunks.length !== leaves.length) {
    throw new Error(`a row group has ${chunks.length} columns, expected the ${leaves.length} of its schema`);
  }
  return { rows: natural(group.field_3), chunks };
}

function readChunk(chunk: Struct, size: number): Chunk {
  if (chunk.field_1 !== undefined) throw new Error('its columns are in other files');
  const encrypted = chunk.field_8 !== undefined || chunk.field_3 === undefined;
  if (encrypted) return { start: 0, end: 0, codec: '', encrypted };
  const meta = record(chunk.field_3);
  // Some writers put 0 if there is no dictionary page, or if it comes first among the pages.
  const start = natural(meta.field_11 ?? 0) || natural(meta.field_9);
  const end = start + natural(meta.field_7);
  if (end > size || end - start > MAX_PIECE) {
    throw new Error(`a column claims the bytes from ${start} to ${end}, but the file has ${size}`);
  }
  return { start, end, codec: CompressionCodecs[natural(meta.field_4)] ?? `${meta.field_4}`, encrypted };
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error('its metadata have something else in place of a list');
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  throw new Error('its metadata have something else in place of a name');
}
