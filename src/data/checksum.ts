import type { Dataset } from './dataset.js';

/**
 * SHA-256 of a table, in hexadecimal digits: its features row by row as float32, then its labels as int32, both
 * little-endian.
 */
export async function datasetSha256({ features: { values }, labels }: Dataset): Promise<string> {
  const bytes = new DataView(new ArrayBuffer(4 * (values.length + labels.length)));
  for (let i = 0; i < values.length; i++) bytes.setFloat32(4 * i, values[i], true);
  for (let i = 0; i < labels.length; i++) bytes.setInt32(4 * (values.length + i), labels[i], true);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
