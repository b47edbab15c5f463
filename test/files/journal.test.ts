import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { JournalError, openJournal, withJournal } from '../../src/files/journal.js';
import type { Trial, TrialResult } from '../../src/trials/trial.js';

const options = { epochs: 3, learningRate: 0.1, learningRateDecay: 0, l2: 0 };
const trialOf = (index: number, changes: Partial<Trial> = {}): Trial => ({
  version: '1.0.0',
  data: { sha256: 'abc', table: 'digits', testSplit: 0.2, seed: 13 },
  options,
  fold: { count: 5, index },
  ...changes,
});
const resultOf = (index: number): TrialResult => ({ rows: 10, accuracy: index / 100, crossEntropy: 0.5 });

async function write(path: string, ...indices: number[]) {
  const journal = await openJournal(path);
  await Promise.all(indices.map((index) => journal.record(trialOf(index), resultOf(index))));
  await journal.close();
}

async function find(path: string, ...trials: Trial[]) {
  const journal = await openJournal(path);
  await journal.close();
  return trials.map((trial) => journal.find(trial));
}

t.test('recorded results are found again, and no others', async (t) => {
  const path = join(t.testdir({}), 'new', 'journal.jsonl');
  await write(path, 0, 1);
  const { l2, ...others } = options;
  const data = { testSplit: 0.2, seed: 13, sha256: 'abc', table: { path: '/elsewhere', options: {} } };
  t.same(await find(path, trialOf(0), trialOf(1, { options: { l2, ...others }, data })), [
    resultOf(0),
    resultOf(1),
  ]);
  const strangers = [
    trialOf(2),
    trialOf(1, { version: '1.0.1' }),
    trialOf(1, { options: { ...options, l2: 1e-3 } }),
    trialOf(1, { options: { ...options, seed: 13 } }),
    trialOf(1, { fold: { count: 4, index: 1 } }),
    trialOf(1, { data: { ...data, sha256: 'abd' } }),
    trialOf(1, { data: { ...data, testSplit: 0.3 } }),
    trialOf(1, { data: { ...data, seed: 14 } }),
  ];
  for (const stranger of strangers) t.strictSame(await find(path, stranger), [undefined]);
});

t.test('a journal cut short at any byte loses only that entry, whoever writes next', async (t) => {
  const folder = t.testdir({});
  const whole = join(folder, 'whole');
  await write(whole, 0, 1);
  const text = readFileSync(whole, 'utf8');
  const start = text.indexOf('\n') + 1;
  for (let size = start; size <= text.length; size++) {
    const path = join(folder, String(size));
    writeFileSync(path, `${text.slice(0, size)}${size % 3 === 0 ? '\0\0' : ''}`);
    await write(path, 2);
    const [first, second, third] = await find(path, trialOf(0), trialOf(1), trialOf(2));
    t.same([first, third], [resultOf(0), resultOf(2)], `${size}`);
    if (size < text.length - 1) t.equal(second, undefined);
    else if (size % 3 !== 0) t.same(second, resultOf(1));
  }
});

t.test('several writers at once lose nothing', async (t) => {
  const path = join(t.testdir({}), 'journal');
  const journals = await Promise.all([openJournal(path), openJournal(path), openJournal(path)]);
  const indices = Array.from({ length: 60 }, (_, index) => index);
  await Promise.all(indices.map((index) => journals[index % 3].record(trialOf(index), resultOf(index))));
  appendFileSync(path, '{"format":1,"tri');
  await journals[0].record(trialOf(60), resultOf(60));
  await Promise.all(journals.map((journal) => journal.close()));
  const found = await find(path, ...indices.map((index) => trialOf(index)), trialOf(60));
  t.same(found, [...indices, 60].map(resultOf));
});

t.test('a result is on disk once it is recorded, also one that comes while others are written', async (t) => {
  const path = join(t.testdir({}), 'journal');
  const journal = await openJournal(path);
  const isOnDisk = async (index: number) => {
    await delay(index % 7);
    await journal.record(trialOf(index), resultOf(index));
    return readFileSync(path, 'utf8').includes(`"fold":{"count":5,"index":${index}}`);
  };
  const indices = Array.from({ length: 60 }, (_, index) => index);
  t.same(new Set(await Promise.all(indices.map(isOnDisk))), new Set([true]));
  await journal.close();
  t.same(await find(path, ...indices.map((index) => trialOf(index))), indices.map(resultOf));
  const late = await Promise.allSettled(
    [0, 1].map((index) => journal.record(trialOf(index), resultOf(index))),
  );
  const refused = {
    status: 'rejected',
    reason: { name: 'JournalError', message: /^cannot write ".*journal"/ },
  };
  t.match(late, [refused, refused], 'all that could not be written are told');
});

t.test('a known trial is not run again', async (t) => {
  const path = join(t.testdir({}), 'journal');
  await write(path, 0);
  const journal = await openJournal(path);
  const asked: Trial[] = [];
  const forgotten: unknown[] = [];
  const run = withJournal(journal, {
    async run(trial) {
      asked.push(trial);
      return { rows: 10, diverged: 2 };
    },
    forget: (trial) => forgotten.push(trial, readFileSync(path, 'utf8').includes('"diverged":2')),
    dismiss() {},
  });
  t.same(await run(trialOf(0)), resultOf(0));
  t.same(await run(trialOf(1)), { rows: 10, diverged: 2 });
  t.same(await run(trialOf(1)), { rows: 10, diverged: 2 });
  await journal.close();
  t.same(asked, [trialOf(1)]);
  const twice = [trialOf(1), true];
  t.same(
    forgotten,
    [trialOf(0), false, ...twice, ...twice],
    'once it is on disk, and each time that it is known',
  );
  t.same(await find(path, trialOf(1)), [{ rows: 10, diverged: 2 }]);
});

t.test('a byte that was changed is reported, or costs its entry; no result is another one', async (t) => {
  const folder = t.testdir({});
  const whole = join(folder, 'whole');
  await write(whole, 0, 1);
  const bytes = readFileSync(whole);
  const size = bytes.indexOf('\n');
  let reported = 0;
  for (let place = 0; place <= size; place++) {
    for (const bits of [1, 4]) {
      const path = join(folder, 'changed');
      const changed = Buffer.from(bytes);
      changed[place] ^= bits;
      writeFileSync(path, changed);
      try {
        const [first, second] = await find(path, trialOf(0), trialOf(1));
        t.same(second, resultOf(1));
        if (first) t.same(first, resultOf(0), changed.toString());
      } catch (error) {
        const isNamed = error instanceof JournalError && error.message.startsWith(`"${path}", line `);
        if (!isNamed) t.fail(String(error));
        reported++;
      }
    }
  }
  t.ok(reported > size / 2);
});

t.test('entries without a checksum, of earlier builds, count for nothing', async (t) => {
  const path = join(t.testdir({}), 'journal');
  const old = JSON.stringify({ format: 1, trial: trialOf(0), result: resultOf(0) });
  writeFileSync(path, `${old}\n`);
  t.strictSame(await find(path, trialOf(0)), [undefined]);
  await write(path, 0);
  t.same(await find(path, trialOf(0)), [resultOf(0)]);
  t.ok(readFileSync(path, 'utf8').startsWith(`${old}\n{"format":1,"crc32":`));
});

t.test('a file that is not a journal is reported, and left unchanged', async (t) => {
  const trial = JSON.stringify(trialOf(0));
  const [known, unknown] = [`{"format":1,"trial":${trial},"result":`, 'found a result without'];
  for (const [text, message] of [
    ['hello', 'line 1: found text that is not JSON'],
    ['\n\nhello\n', 'line 3: found text that is not JSON'],
    ['[]\n', 'line 1: found format undefined'],
    ['{"format":0}\n', 'line 1: found format 0'],
    ['{"format":2}\n', 'line 1: found format 2, which a newer version wrote'],
    ['{"format":1}\n', 'line 1: found a trial without'],
    [
      `{"format":1,"crc32":1,"trial":${trial},"result":{"rows":1,"diverged":1}}\n`,
      'line 1: found another checksum',
    ],
    [`${known}{"rows":0,"diverged":1}}\n`, unknown],
    [`${known}{"rows":1,"diverged":0}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":1.1,"crossEntropy":0}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":-1,"crossEntropy":0}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":null,"crossEntropy":0}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":"1","crossEntropy":0}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":1,"crossEntropy":null}}\n`, unknown],
    [`${known}{"rows":1,"accuracy":1,"crossEntropy":0,"ending":1}}\n`, unknown],
  ]) {
    const path = join(t.testdir({}), 'journal');
    writeFileSync(path, text);
    const error: unknown = await openJournal(path).catch((reason) => reason);
    t.ok(error instanceof JournalError && error.message.includes(message), `${text}: ${error}`);
    t.equal(readFileSync(path, 'utf8'), text);
  }
  const path = join(t.testdir({}), 'folder');
  mkdirSync(path);
  await t.rejects(openJournal(path), { name: 'JournalError', message: /^cannot write ".*folder": / });
});

t.test('a named pipe is no journal, and nobody waits for it', async (t) => {
  const path = join(t.testdir({}), 'pipe');
  if (spawnSync('mkfifo', [path]).status !== 0) {
    t.pass('left out', { skip: 'there is no mkfifo' });
    return;
  }
  await t.rejects(openJournal(path), {
    name: 'JournalError',
    message: /^cannot read ".*pipe": it is a pipe /,
  });
});
