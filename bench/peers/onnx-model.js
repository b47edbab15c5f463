import protobuf from 'protobufjs';

/** The part of onnx.proto that the model needs: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message ModelProto { int64 ir_version = 1; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message GraphProto {
    repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1; repeated string output = 2; string op_type = 4; repeated AttributeProto attribute = 5;
  }
  message AttributeProto { string name = 1; int64 i = 3; int32 type = 20; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TypeProto { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; TensorShape shape = 2; }
  message TensorShape { repeated Dimension dim = 1; }
  message Dimension { int64 dim_value = 1; }
`,
  { keepCase: true },
);

const FLOAT = 1;
const INT64 = 7;
const INT_ATTRIBUTE = 2;

/**
 * The bytes of an ONNX model from `x` (rows × features) to `classes` (rows): MatMul, Add, ArgMax.
 *
 * @param {import('./jobs.js').Prediction} job
 */
export function encodeModel({ shape: { rows, features, classes }, weights, bias }) {
  const Model = root.lookupType('ModelProto');
  return Model.encode(
    Model.fromObject({
      ir_version: 8,
      opset_import: [{ domain: '', version: 13 }],
      graph: {
        name: 'softmax regression',
        node: [
          { op_type: 'MatMul', input: ['x', 'weights'], output: ['products'] },
          { op_type: 'Add', input: ['products', 'bias'], output: ['logits'] },
          {
            op_type: 'ArgMax',
            input: ['logits'],
            output: ['classes'],
            attribute: [
              { name: 'axis', i: 1, type: INT_ATTRIBUTE },
              { name: 'keepdims', i: 0, type: INT_ATTRIBUTE },
            ],
          },
        ],
        initializer: [tensor('weights', weights, [features, classes]), tensor('bias', bias, [classes])],
        input: [value('x', FLOAT, [rows, features])],
        output: [value('classes', INT64, [rows])],
      },
    }),
  ).finish();
}

/**
 * @param {string} name
 * @param {Float32Array} data
 * @param {number[]} dims
 */
function tensor(name, data, dims) {
  const raw_data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, data_type: FLOAT, dims, raw_data };
}

/**
 * @param {string} name
 * @param {number} elem_type
 * @param {number[]} sizes
 */
function value(name, elem_type, sizes) {
  return {
    name,
    type: { tensor_type: { elem_type, shape: { dim: sizes.map((dim_value) => ({ dim_value })) } } },
  };
}
