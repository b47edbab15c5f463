import fc from 'fast-check';
import t from 'tap';
import { squaredDistances } from '../../../src/data/pictures/distances.js';

t.test('distances are those to the nearest marked pixel', async () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (width, height, places) => {
      const marked = new Uint8Array(width * height);
      for (const place of places) marked[place % marked.length] = 1;
      const found = squaredDistances(width, height, marked);
      return found.every((square, i) => {
        const to = (j: number) =>
          ((i % width) - (j % width)) ** 2 + (Math.floor(i / width) - Math.floor(j / width)) ** 2;
        return square === Math.min(...places.map((place) => to(place % marked.length)));
      });
    }),
  );
});

t.test('without a marked pixel every distance is beyond the picture', async (t) => {
  t.same([...squaredDistances(3, 2, new Uint8Array(6))], new Array(6).fill(13));
});
