/** Small valid tables of every format, and pictures, from which the inputs are made. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import canvas from 'canvas';
import { PNG } from 'pngjs';

const fixtures = fileURLToPath(new URL('../test/fixtures/', import.meta.url));

/** @returns {Record<string, Buffer[]>} */
export function loadSamples() {
  const arrays = JSON.parse(readFileSync(`${fixtures}arrays.json`, 'utf8'));
  const decode = (/** @type {string} */ base64) => Buffer.from(base64, 'base64');
  const tables = ['iris', 'wine'].map((name) => readFileSync(`${fixtures}tables/${name}.csv`, 'utf8'));
  const csv = [
    ...tables.map((table) => table.split('\n').slice(0, 12).join('\n')),
    'a,b,class\r\n1,2,x\r\n-3.5,4e2,"y"\r\n',
    'a,"b ""quoted""","c\nd"\n1,2,"ä ö\n"\n\n3, 4 ,€😀',
    '\ufeffa;b;c\n1;2;3\n',
    '1,2,0\n3,4,1\n',
  ];
  return {
    csv: csv.map((text) => Buffer.from(text)),
    tsv: csv.map((text) => Buffer.from(text.replaceAll(',', '\t'))),
    libsvm: filesOf('libsvm', '.libsvm'),
    idx: [
      Buffer.from('000008030000000300000002000000020102030405060708090a0bff', 'hex'),
      Buffer.from('0000080100000003050004', 'hex'),
      Buffer.from('00000d02000000020000000240490fdb3f8000003f000000c0000000', 'hex'),
      Buffer.from('00000c020000000200000003000000010000000200000003fffffffe0000000500000006', 'hex'),
    ],
    npy: arrays.arrays.map((/** @type {{ npy: string }} */ { npy }) => decode(npy)),
    npz: Object.values(arrays.archives).map((archive) => decode(String(archive))),
    parquet: filesOf('parquet', '.parquet').filter((bytes) => bytes.length < 8192),
    picture: pictures(),
  };
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function filesOf(folder, extension) {
  return readdirSync(`${fixtures}${folder}`)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(`${fixtures}${folder}/${name}`));
}

/** A seven, as PNGs of each kind that pngjs writes, and as a JPEG with and without an orientation. */
function pictures() {
  const drawn = canvas.createCanvas(24, 32);
  const context = drawn.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, 24, 32);
  context.lineWidth = 4;
  context.beginPath();
  context.moveTo(5, 6);
  context.lineTo(19, 6);
  context.lineTo(9, 28);
  context.stroke();
  const { data } = context.getImageData(0, 0, 24, 32);
  const image = Object.assign(new PNG(), { width: 24, height: 32, data: Buffer.from(data) });
  /** @type {(0 | 2 | 4 | 6)[]} */
  const colours = [0, 2, 4, 6];
  const pngs = colours.map((colorType) => PNG.sync.write(image, { colorType, inputColorType: 6 }));
  const jpeg = drawn.toBuffer('image/jpeg');
  const exif = Buffer.from(
    'ffe100224578696600004d4d002a000000080001011200030000000100060000000000000000',
    'hex',
  );
  return [...pngs, jpeg, Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])];
}
