import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { digits, startDigits, startOnTerminal } from './digits.js';

const sweepOf = (epochs: number, folder: string) => {
  const words = ['--grid', 'l2=0,1e-3,1e-2,0.1', '--folds', '5', '--epochs', `${epochs}`];
  return ['sweep', ...words, '--output-dir', folder];
};

/** Resolves once a sweep into the folder has finished two trainings. */
async function finishSome(folder: string): Promise<void> {
  const path = join(folder, 'sweep.trials.jsonl');
  for (;;) {
    await delay(20);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
    if (lines >= 2) return;
  }
}

t.test('a sweep ended by Ctrl-C says what it kept, and the same command continues from there', async (t) => {
  const folder = join(t.testdir({}), 'out');
  const child = startDigits(sweepOf(1000, folder));
  const closed = once(child, 'close');
  if (!child.stderr) throw new Error('expected a pipe');
  const told = text(child.stderr);
  await finishSome(folder);
  child.kill('SIGINT');
  t.strictSame(await closed, [130, null]);
  const line =
    /^digits: interrupted: (\d+) of 20 trainings are finished and kept in (.*): the same command continues from there\n$/;
  const [, kept, path] = line.exec(await told) ?? [];
  t.equal(path, join(folder, 'sweep.trials.jsonl'), await told);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').length;
  // The last one may be on disk before the command knows.
  t.ok(Number(kept) >= 1 && Number(kept) <= lines, `${kept} told, ${lines} on disk`);

  const again = await digits(sweepOf(1000, folder));
  t.equal(again.code, 0);
  t.equal(again.stderr, '', 'a sweep that ends by itself tells nothing');
  const { trainings } = JSON.parse(again.stdout);
  t.ok(trainings.resumed >= Number(kept));
  t.equal(trainings.resumed + trainings.done, 20);
});

t.test('on a terminal the progress is removed before', async (t) => {
  const folder = join(t.testdir({}), 'out');
  const terminal = startOnTerminal(sweepOf(20_000, folder));
  const closed = once(terminal, 'close');
  let seen = '';
  for await (const piece of terminal.stdout.setEncoding('utf8')) {
    if (!seen.includes('validating') && `${seen}${piece}`.includes('validating'))
      terminal.stdin.write('\x03');
    seen += piece;
  }
  t.strictSame(await closed, [130, null]);
  const [bar, told] = seen.split('\x1b[1G\x1b[2K');
  t.match(bar, /validating .* training \d+\/20/, 'shown');
  t.match(told, /^digits: interrupted: \d+ of 20 trainings [^\n]*\r\n$/, 'at the start of an empty line');
});
