import type { Model } from 'digit-classifier';
import type { PackedModel } from 'digit-classifier/artifacts';

/** The model that `--export html` packed: each number has the same bits. */
export function unpack({ mean, scale, weights, bias, ...others }: PackedModel): Model {
  return {
    ...others,
    scaler: { mean: new Float64Array(bytesOf(mean)), scale: new Float64Array(bytesOf(scale)) },
    weights: new Float32Array(bytesOf(weights)),
    bias: new Float32Array(bytesOf(bias)),
  };
}

/** The bytes of base64. Numbers are little-endian, as in all engines with WebAssembly. */
function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}
