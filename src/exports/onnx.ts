import type { Writer } from 'protobufjs/minimal.js';
import type { RandomFeatures } from '../core/core.js';
import { randomFeaturesOf } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { classValues, type ModelExport, numberBytes } from './export.js';

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
  NodeProto: { input: 1, output: 2, name: 3, op_type: 4, attribute: 5 },
  AttributeProto: { name: 1, i: 3, type: 20 },
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
  content: { readonly [Field in keyof (typeof messages)[Name]]?: Value | readonly Value[] },
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

/** Number of `AttributeProto.AttributeType.INT`. */
const INT = 2;

/** The nodes and initialisers that compute random features from standardised rows. */
function randomFeatureNodes({ weights, offsets }: RandomFeatures) {
  const components = offsets.length;
  const radians = (turns: Float32Array) => turns.map((turn) => 2 * Math.PI * turn);
  return {
    node: [
      node('Gemm', ['standardised', 'random_weights', 'random_offset'], 'angles'),
      node('Cos', ['angles'], 'cosines'),
      node('Mul', ['cosines', 'amplitude'], 'random_features'),
    ],
    initializer: [
      numbers('random_weights', 'float32', [weights.length / components, components], radians(weights)),
      numbers('random_offset', 'float32', [components], radians(offsets)),
      numbers('amplitude', 'float32', [1], [Math.sqrt(2 / components)]),
    ],
  };
}

function modelProto(model: Model, random: RandomFeatures | undefined, version: string): Message {
  const { classes, featureNames, scaler, weights, bias } = model;
  const [columns, k] = [scaler.mean.length, bias.length];
  const features = random && randomFeatureNodes(random);
  const labels = classValues(classes);
  const metadata = { classes, ...(featureNames && { feature_names: featureNames }) };
  return message('ModelProto', {
    ir_version: 8,
    opset_import: message('OperatorSetIdProto', { domain: '', version: 13 }),
    producer_name: 'digit-classifier',
    producer_version: version,
    doc_string:
      'A softmax regression: logits = ((features - mean) / scale) . weights + bias, standardised in double ' +
      'and rounded to float as in training' +
      (features
        ? '; the weights apply to random features of that, sqrt(2 / D) . cos(x . random_weights + random_offset)'
        : '') +
      '. The metadata contain the names of classes and features, as JSON.',
    graph: message('GraphProto', {
      name: 'softmax_regression',
      node: [
        node('Cast', ['features'], 'features_as_double', { to: dataTypes.float64 }),
        node('Sub', ['features_as_double', 'mean'], 'centred'),
        node('Div', ['centred', 'scale'], 'standardised_as_double'),
        node('Cast', ['standardised_as_double'], 'standardised', { to: dataTypes.float32 }),
        ...(features?.node ?? []),
        node('Gemm', [features ? 'random_features' : 'standardised', 'weights', 'bias'], 'logits'),
        node('Softmax', ['logits'], 'probabilities', { axis: 1 }),
        node('ArgMax', ['logits'], 'class_index', { axis: 1, keepdims: 0 }),
        node('Gather', ['classes', 'class_index'], 'label', { axis: 0 }),
      ],
      initializer: [
        numbers('mean', 'float64', [columns], scaler.mean),
        numbers('scale', 'float64', [columns], scaler.scale),
        ...(features?.initializer ?? []),
        numbers('weights', 'float32', [weights.length / k, k], weights),
        numbers('bias', 'float32', [k], bias),
        labels.type === 'text'
          ? message('TensorProto', {
              name: 'classes',
              dims: k,
              data_type: dataTypes.text,
              string_data: labels.values,
            })
          : numbers('classes', labels.type, [k], labels.values),
      ],
      input: value('features', 'float32', ['N', columns], 'N rows of unscaled features'),
      output: [
        value('label', labels.type, ['N'], 'the most probable class'),
        value('probabilities', 'float32', ['N', k], 'probability of each class, in their order'),
        value('class_index', 'int64', ['N'], 'index of the label, from 0'),
      ],
    }),
    metadata_props: Object.entries(metadata).map(([key, names]) =>
      message('StringStringEntryProto', { key, value: JSON.stringify(names) }),
    ),
  });
}

function node(
  op_type: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Message {
  const attribute = Object.entries(attributes).map(([name, i]) =>
    message('AttributeProto', { name, i, type: INT }),
  );
  return message('NodeProto', { input, output, name: output, op_type, attribute });
}

function numbers(
  name: string,
  type: Exclude<DataType, 'text'>,
  dims: readonly number[],
  values: ArrayLike<number>,
): Message {
  return message('TensorProto', {
    name,
    dims,
    data_type: dataTypes[type],
    raw_data: numberBytes(type, values),
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
