import { parse } from '@oclif/core/parser';
import t from 'tap';
import { isInteractive, wholeNumber } from '../../src/terminal/flags.js';
import { optionFlag } from '../../src/terminal/training-flags.js';

const flags = {
  repeats: wholeNumber({ min: 1, max: 1_000_000 }),
  components: optionFlag('components'),
};
const read = async (word: string) => (await parse([word], { flags })).flags;

t.test('a whole number may be written in any decimal notation', async (t) => {
  for (const [text, number] of [
    ['1000', 1000],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['1.5e1', 15],
    ['7.0', 7],
    ['1e6', 1_000_000],
  ]) {
    t.equal((await read(`--repeats=${text}`)).repeats, number, `${text}`);
  }
  t.equal((await read('--components=1e2')).components, 100);
});

t.test('what is no whole number is refused with what was found', async (t) => {
  for (const text of ['1.5', '1e-3', '1e7', '0', '-1', '0x10', 'ten', '1e', 'Infinity', '1e999']) {
    await t.rejects(read(`--repeats=${text}`), {
      message: new RegExp(`expected a whole number from 1 to 1000000, found "${text.replace('.', '\\.')}"`),
    });
  }
  await t.rejects(read('--repeats='), {
    message: /expected a whole number from 1 to 1000000, found nothing/,
  });
  await t.rejects(read('--components=7'), {
    message: /expected an even number from 2 to 1048576, found "7"/,
  });
});

t.test('progress and summaries are for a terminal, unless --quiet is given', async (t) => {
  const { isTTY } = process.stderr;
  t.teardown(() => {
    process.stderr.isTTY = isTTY;
  });
  process.stderr.isTTY = true;
  t.equal(isInteractive({ quiet: false }), true);
  t.equal(isInteractive({ quiet: true }), false);
  process.stderr.isTTY = false;
  t.equal(isInteractive({ quiet: false }), false);
});
