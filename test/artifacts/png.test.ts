import { PNG } from 'pngjs';
import t from 'tap';
import { resolutionChunk, withChunks } from '../../src/artifacts/png.js';
import { crc32 } from '../../src/checksums.js';

const picture = PNG.sync.write(Object.assign(new PNG({ width: 2, height: 1 }), { data: Buffer.alloc(8, 7) }));

/** The types of all chunks, in order. Their checksums have to be right, as those of pngjs's are. */
function typesOf(png: Uint8Array): string[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const types: string[] = [];
  for (let at = 8; at < png.length; ) {
    const end = at + 8 + view.getUint32(at);
    t.equal(view.getUint32(end), crc32(png.subarray(at + 4, end)));
    types.push(new TextDecoder().decode(png.subarray(at + 4, at + 8)));
    at = end + 4;
  }
  return types;
}

t.test('chunks come after the header, and leave the picture as it is', async (t) => {
  const text = { type: 'tEXt', data: new TextEncoder().encode('Title\0digits') };
  const more = withChunks(picture, [resolutionChunk(254), text]);
  t.same(typesOf(more), ['IHDR', 'pHYs', 'tEXt', ...typesOf(picture).slice(1)]);
  t.same(PNG.sync.read(Buffer.from(more)).data, PNG.sync.read(picture).data);
  t.same(withChunks(picture, []), new Uint8Array(picture));
});

t.test('a resolution is in dots per metre, in both directions', async (t) => {
  const { type, data } = resolutionChunk(254);
  t.equal(type, 'pHYs');
  t.same([...data], [0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 1]);
});
