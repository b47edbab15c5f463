import type { Writer } from 'protobufjs/minimal.js';
import { saveColumn } from '../artifacts/model.js';
import type { RandomFeatures } from '../core/core.js';
import { type CategoryColumn, featureNamesOf, type NumberColumn, randomFeaturesOf } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { classValues, columnNamesOf, type ModelExport, numberBytes, offsetsOf } from './export.js';

/**
 * The part of onnx.proto that is needed for the model: the fields of each message and their numbers.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const messages = {
  ModelProto: {
    ir_version: 1,
    producer_name: 2,
    producer_version: 3,
    doc_string: 6,
    graph: 7,
    opset_import: 8,
    metadata_props: 14,
  },
  OperatorSetIdProto: { domain: 1, version: 2 },
  StringStringEntryProto: { key: 1, value: 2 },
  GraphProto: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  NodeProto: { input: 1, output: 2, name: 3, op_type: 4, attribute: 5, domain: 7 },
  AttributeProto: { name: 1, i: 3, strings: 9, type: 20 },
  TensorProto: { dims: 1, data_type: 2, string_data: 6, name: 8, raw_data: 9 },
  ValueInfoProto: { name: 1, type: 2, doc_string: 3 },
  TypeProto: { tensor_type: 1 },
  Tensor: { elem_type: 1, shape: 2 },
  TensorShapeProto: { dim: 1 },
  Dimension: { dim_value: 1, dim_param: 2 },
};

/** The fields of a message, with their numbers. */
interface Message {
  readonly fields: readonly (readonly [number: number, value: Value])[];
}
type Value = number | string | Uint8Array | Message;

/** Creates a message of onnx.proto; a field with several values is repeated. */
function message<Name extends keyof typeof messages>(
  name: Name,
  content: { readonly [Field in keyof (typeof messages)[Name]]?: Value | readonly Value[] | undefined },
): Message {
  const given: Readonly<Record<string, Value | readonly Value[] | undefined>> = content;
  const fields = Object.entries(messages[name]).flatMap(([field, number]) =>
    [given[field] ?? []].flat().map((value) => [number, value] as const),
  );
  return { fields };
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function write(writer: Writer, { fields }: Message): void {
  for (const [number, value] of fields) {
    writer.uint32((number << 3) | (typeof value === 'number' ? VARINT : LENGTH_DELIMITED));
    if (typeof value === 'number') writer.int64(value);
    else if (typeof value === 'string') writer.string(value);
    else if (value instanceof Uint8Array) writer.bytes(value);
    else {
      writer.fork();
      write(writer, value);
      writer.ldelim();
    }
  }
}

/** Numbers of `TensorProto.DataType`. */
const dataTypes = { float32: 1, int64: 7, text: 8, float64: 11 };
type DataType = keyof typeof dataTypes;

/** Numbers of `AttributeProto.AttributeType`. */
const INT = 2;
const STRINGS = 8;

/** The domain of the operator that encodes texts. */
const ML_DOMAIN = 'ai.onnx.ml';

/** The outputs have these names in every file. */
const outputNames = ['label', 'probabilities', 'class_index'];

/** Takes a name that is not taken yet: the wanted one, with as many `_` at its end as that needs. */
function takeName(taken: Set<string>, wanted: string): string {
  let name = wanted;
  while (name === '' || taken.has(name)) name += '_';
  taken.add(name);
  return name;
}

/** The parts of a GraphProto. A method that adds a tensor returns the tensor's name. */
class Graph {
  readonly inputs: Message[] = [];
  readonly initializers: Message[] = [];
  readonly nodes: Message[] = [];
  readonly #taken: Set<string>;

  /** @param inputNames different names, which the names of all other tensors will avoid */
  constructor(readonly inputNames: readonly string[]) {
    this.#taken = new Set(inputNames);
  }

  /** Adds the input at an index of the names. */
  input(index: number, type: DataType, columns: number, description: string): string {
    const name = this.inputNames[index];
    this.inputs.push(value(name, type, ['N', columns], description));
    return name;
  }

  numbers(
    name: string,
    type: Exclude<DataType, 'text'>,
    dims: readonly number[],
    values: ArrayLike<number>,
  ): string {
    return this.#initializer(name, dims, type, { raw_data: numberBytes(type, values) });
  }

  texts(name: string, values: readonly string[]): string {
    return this.#initializer(name, [values.length], 'text', { string_data: values });
  }

  #initializer(
    wanted: string,
    dims: readonly number[],
    type: DataType,
    data: { readonly raw_data: Uint8Array } | { readonly string_data: readonly string[] },
  ): string {
    const name = takeName(this.#taken, wanted);
    this.initializers.push(message('TensorProto', { name, dims, data_type: dataTypes[type], ...data }));
    return name;
  }

  node(
    op_type: string,
    input: readonly string[],
    wanted: string,
    attributes: Readonly<Record<string, number | readonly string[]>> = {},
    domain?: string,
  ): string {
    const output = takeName(this.#taken, wanted);
    const attribute = Object.entries(attributes).map(([name, content]) =>
      message(
        'AttributeProto',
        typeof content === 'number'
          ? { name, i: content, type: INT }
          : { name, strings: content, type: STRINGS },
      ),
    );
    this.nodes.push(message('NodeProto', { input, output, name: output, op_type, attribute, domain }));
    return output;
  }
}

/** Whether all inputs of a model are one matrix: each column is a number and one feature. */
function readsMatrix({ columns = [] }: Model): boolean {
  return columns.every((column) => column.kind === 'number' && !column.hasGaps);
}

/** The names of the columns, but for one that is empty or the name of an output. */
function inputNamesOf(model: Model): readonly string[] {
  if (readsMatrix(model)) return ['features'];
  const taken = new Set(outputNames);
  return (columnNamesOf(model) ?? []).map((name) => takeName(taken, name));
}

/** Adds the features of the rows, before they are standardised: N × d floats. */
function addFeatures(graph: Graph, model: Model): string {
  const { columns = [], scaler } = model;
  if (readsMatrix(model)) {
    const d = scaler.mean.length;
    const offsets = offsetsOf(columns);
    const description = 'N rows of unscaled features';
    if (offsets.every((offset) => offset === 0)) return graph.input(0, 'float32', d, description);
    const input = graph.input(0, 'float64', d, `${description}, NaN if missing`);
    return addFilled(graph, addDifference(graph, input, offsets), scaler.mean).filled;
  }
  let count = 0;
  const features = columns.flatMap((column, index) => {
    const mean = scaler.mean[count];
    count += featureNamesOf([''], [column]).length;
    return column.kind === 'category'
      ? addCategory(graph, index, column)
      : addNumber(graph, index, column, mean);
  });
  return graph.node('Concat', features, 'features', { axis: 1 });
}

/** What the cells of a column of numbers are. */
const numberCells = {
  number: 'a number, NaN if missing',
  boolean: '1 if true, 0 if false, NaN if missing',
  date: 'days since 1970-01-01 UTC, NaN if missing',
};

/** Adds the features of a column of numbers. */
function addNumber(
  graph: Graph,
  index: number,
  { as, offset = 0, hasGaps }: NumberColumn,
  mean: number,
): readonly string[] {
  const input = graph.input(index, offset === 0 ? 'float32' : 'float64', 1, numberCells[as ?? 'number']);
  const numbers = offset === 0 ? input : addDifference(graph, input, [offset]);
  const { filled, isMissing } = addFilled(graph, numbers, [mean]);
  if (!hasGaps) return [filled];
  return [filled, graph.node('Cast', [isMissing], `${input}/missing`, { to: dataTypes.float32 })];
}

/** Adds numbers less their offsets, subtracted in double and then rounded to float, as when a table is read. */
function addDifference(graph: Graph, input: string, offsets: readonly number[]): string {
  const offset = graph.numbers(`${input}/offset`, 'float64', [offsets.length], offsets);
  const difference = graph.node('Sub', [input, offset], `${input}/difference`);
  return graph.node('Cast', [difference], `${input}/rounded`, { to: dataTypes.float32 });
}

/** Adds numbers in which the mean of its column stands for each that is missing. */
function addFilled(graph: Graph, numbers: string, means: ArrayLike<number>) {
  const isMissing = graph.node('IsNaN', [numbers], `${numbers}/is_missing`);
  const mean = graph.numbers(`${numbers}/mean`, 'float32', [means.length], means);
  return { isMissing, filled: graph.node('Where', [isMissing, mean, numbers], `${numbers}/filled`) };
}

/**
 * Adds the features of a column of texts. The feature that infrequent levels share is 1 where all others are 0, and so it
 * is for texts that are no level.
 */
function addCategory(graph: Graph, index: number, { levels, others }: CategoryColumn): readonly string[] {
  const input = graph.input(index, 'text', 1, 'a text, empty if missing');
  const encoding = { cats_strings: levels, zeros: 1 };
  const encoded = graph.node('OneHotEncoder', [input], `${input}/encoded`, encoding, ML_DOMAIN);
  const ofLevels = graph.node('Flatten', [encoded], `${input}/levels`, { axis: 1 });
  if (!others) return [ofLevels];
  const axis = graph.numbers(`${input}/axis`, 'int64', [1], [1]);
  const sum = graph.node('ReduceSum', [ofLevels, axis], `${input}/is_level`, { keepdims: 1 });
  const one = graph.numbers(`${input}/one`, 'float32', [1], [1]);
  return [ofLevels, graph.node('Sub', [one, sum], `${input}/infrequent`)];
}

/** Adds random features of standardised rows. */
function addRandomFeatures(graph: Graph, standardised: string, { weights, offsets }: RandomFeatures): string {
  const components = offsets.length;
  const radians = (turns: Float32Array) => turns.map((turn) => 2 * Math.PI * turn);
  const dims = [weights.length / components, components];
  const randomWeights = graph.numbers('random_weights', 'float32', dims, radians(weights));
  const offset = graph.numbers('random_offset', 'float32', [components], radians(offsets));
  const angles = graph.node('Gemm', [standardised, randomWeights, offset], 'angles');
  const cosines = graph.node('Cos', [angles], 'cosines');
  const amplitude = graph.numbers('amplitude', 'float32', [1], [Math.sqrt(2 / components)]);
  return graph.node('Mul', [cosines, amplitude], 'random_features');
}

/** Adds the logits as the softmax takes them. */
function addTemperature(graph: Graph, logits: string, { temperature }: Model): string {
  if (temperature === undefined) return logits;
  const divisor = graph.numbers('temperature', 'float32', [1], [temperature]);
  return graph.node('Div', [logits, divisor], 'calibrated_logits');
}

/** Adds the index of the class: 1 where the probability of the second class is at least the threshold. */
function addThreshold(graph: Graph, probabilities: string, threshold: number): string {
  const second = graph.numbers('second', 'int64', [], [1]);
  const ofSecond = graph.node('Gather', [probabilities, second], 'probability_of_second', { axis: 1 });
  const limit = graph.numbers('threshold', 'float32', [1], [threshold]);
  const isSecond = graph.node('GreaterOrEqual', [ofSecond, limit], 'is_second');
  return graph.node('Cast', [isSecond], 'class_index', { to: dataTypes.int64 });
}

/** The model from the columns of a table to its outputs. */
function graphOf(model: Model, random: RandomFeatures | undefined): Graph {
  const { scaler, weights, bias } = model;
  const [d, k] = [scaler.mean.length, bias.length];
  const graph = new Graph(inputNamesOf(model));
  const features = addFeatures(graph, model);
  const double = graph.node('Cast', [features], 'features_as_double', { to: dataTypes.float64 });
  const mean = graph.numbers('mean', 'float64', [d], scaler.mean);
  const centred = graph.node('Sub', [double, mean], 'centred');
  const scale = graph.numbers('scale', 'float64', [d], scaler.scale);
  const quotient = graph.node('Div', [centred, scale], 'standardised_as_double');
  const standardised = graph.node('Cast', [quotient], 'standardised', { to: dataTypes.float32 });
  const x = random ? addRandomFeatures(graph, standardised, random) : standardised;
  const w = graph.numbers('weights', 'float32', [weights.length / k, k], weights);
  const b = graph.numbers('bias', 'float32', [k], bias);
  const logits = graph.node('Gemm', [x, w, b], 'logits');
  const probabilities = graph.node('Softmax', [addTemperature(graph, logits, model)], 'probabilities', {
    axis: 1,
  });
  const index =
    model.threshold === undefined
      ? graph.node('ArgMax', [logits], 'class_index', { axis: 1, keepdims: 0 })
      : addThreshold(graph, probabilities, model.threshold);
  const labels = classValues(model.classes);
  const classes =
    labels.type === 'text'
      ? graph.texts('classes', labels.values)
      : graph.numbers('classes', labels.type, [k], labels.values);
  graph.node('Gather', [classes, index], 'label', { axis: 0 });
  return graph;
}

/** What the label is, in words. */
function labelOf({ threshold }: Model): string {
  if (threshold === undefined) return 'the most probable class';
  return `the second class if its probability is at least ${threshold}, else the first`;
}

function metadataOf(model: Model) {
  const { classes, columns } = model;
  const names = columnNamesOf(model);
  if (!names) return { classes };
  if (!columns) return { classes, feature_names: names };
  return {
    classes,
    feature_names: names,
    encoded_feature_names: featureNamesOf(names, columns),
    columns: columns.map((column, j) => saveColumn(names[j], column)),
  };
}

function modelProto(model: Model, random: RandomFeatures | undefined, version: string): Message {
  const k = model.bias.length;
  const { nodes, initializers, inputs } = graphOf(model, random);
  const operators = [{ domain: '', version: 13 }];
  // Its OneHotEncoder has been the same since version 1, which the oldest readers know.
  if (model.columns?.some(({ kind }) => kind === 'category'))
    operators.push({ domain: ML_DOMAIN, version: 1 });
  return message('ModelProto', {
    ir_version: 8,
    opset_import: operators.map((set) => message('OperatorSetIdProto', set)),
    producer_name: 'digit-classifier',
    producer_version: version,
    doc_string:
      'A softmax regression: logits = ((features - mean) / scale) . weights + bias, standardised in double ' +
      'and rounded to float as in training' +
      (random
        ? '; the weights apply to random features of that, sqrt(2 / D) . cos(x . random_weights + random_offset)'
        : '') +
      '. The metadata contain the names of classes and features, as JSON.' +
      (readsMatrix(model)
        ? ''
        : ' The inputs are the columns of the table, in the order of feature_names. They become the features ' +
          'encoded_feature_names: a number, in which the mean stands for NaN; 1 where a number is missing, else 0; and for ' +
          'each level of a category, 1 where the text is this level, else 0. Infrequent levels share a feature, which is ' +
          'also 1 for texts that are no level.'),
    graph: message('GraphProto', {
      name: 'softmax_regression',
      node: nodes,
      initializer: initializers,
      input: inputs,
      output: [
        value('label', classValues(model.classes).type, ['N'], labelOf(model)),
        value('probabilities', 'float32', ['N', k], 'probability of each class, in their order'),
        value('class_index', 'int64', ['N'], 'index of the label, from 0'),
      ],
    }),
    metadata_props: Object.entries(metadataOf(model)).map(([key, content]) =>
      message('StringStringEntryProto', { key, value: JSON.stringify(content) }),
    ),
  });
}

function value(
  name: string,
  type: DataType,
  sizes: readonly (number | string)[],
  doc_string: string,
): Message {
  const dim = sizes.map((size) =>
    message('Dimension', typeof size === 'number' ? { dim_value: size } : { dim_param: size }),
  );
  const shape = message('TensorShapeProto', { dim });
  const tensor_type = message('Tensor', { elem_type: dataTypes[type], shape });
  return message('ValueInfoProto', { name, type: message('TypeProto', { tensor_type }), doc_string });
}

/** The model in standard operators only, for ONNX Runtime or any other program that reads ONNX. */
export const onnx: ModelExport = {
  format: 'onnx',
  file: 'model.onnx',
  description: 'for ONNX Runtime, from features to labels and probabilities',
  async encode(model, version) {
    const { default: protobuf } = await import('protobufjs/minimal.js');
    const writer = protobuf.Writer.create();
    write(writer, modelProto(model, await randomFeaturesOf(model), version));
    return writer.finish();
  },
};
