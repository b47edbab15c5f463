import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { leftOut, redisVersion, startRedis } from '../redis.js';
import { digits, digitsHere, type Outcome, startDigits } from './digits.js';

const grid = ['--grid', 'learning-rate=0.05,0.5', '--grid', 'l2=0,1e-3,1e-2', '--folds', '5'];
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

/** Waits for something that must happen within a minute. */
async function until(happened: () => boolean): Promise<void> {
  const start = performance.now();
  while (!happened()) {
    if (performance.now() - start > 60_000) throw new Error(`it did not happen: ${happened}`);
    await delay(20);
  }
}

t.test('flags that need a queue, and a queue without folds', async (t) => {
  for (const [words, code, message] of [
    [['work'], 2, /expected --queue with the address of a server, such as redis:/],
    [
      ['work', '--queue', 'localhost'],
      1,
      /--queue: expected redis:\/\/HOST:PORT, .* found no such address\n$/,
    ],
    [['sweep', ...grid, '--queue-name', 'x'], 2, /--queue-name is about a queue: expected --queue with it/],
    [['sweep', ...grid, '--queue', 'redis://x', '--threads', '2'], 2, /--threads/],
    [['sweep', ...grid, '--abandon'], 2, /--queue/],
    [['train', '--queue', 'redis://x'], 2, /--queue is for the trainings of folds: expected --folds with it/],
    [['work', '--queue', 'redis://x', '--queue-name', 'a:b'], 2, /expected a name without blanks and colons/],
    [
      ['work', '--queue', 'redis://x', '--queue-password-file', 'no/file'],
      1,
      /--queue-password-file no\/file: cannot be read: no such file/,
    ],
    [
      ['work', '--queue', 'redis://:secret@127.0.0.1:1'],
      1,
      /redis:\/\/127\.0\.0\.1:1: nothing listens there: start redis-server/,
    ],
  ] as const) {
    const { code: found, stdout, stderr } = await digitsHere([...words], { cwd: t.testdir({}) });
    t.same([found, stdout], [code, ''], words.join(' '));
    t.match(stderr, message);
    t.notMatch(stderr, /secret|\n {4}at /);
  }
});

if (!redisVersion) t.plan(1, leftOut);
else await testWithServer();

async function testWithServer() {
  const folder = t.testdir({ redis: {}, 'empty.csv': '' });
  const redis = await startRedis(join(folder, 'redis'), '--appendfsync', 'always');
  t.teardown(redis.kill);

  /** Starts a worker, and resolves once it is at work. */
  async function work(...words: string[]) {
    const child = startDigits(['work', '--queue', redis.url, '--threads', '1', '--lease', '1', ...words]);
    t.teardown(() => child.kill('SIGKILL'));
    const output = { stderr: '', stdout: '' };
    child.stdout?.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr?.on('data', (data) => {
      output.stderr += data;
    });
    await until(() => output.stderr.includes('works on'));
    const closed = once(child, 'close');
    return {
      child,
      output,
      async end(signal: NodeJS.Signals) {
        child.kill(signal);
        const [code] = await closed;
        return { code, ...output };
      },
    };
  }

  const keysLeft = () =>
    redis
      .cli('--raw', 'keys', 'bull:*')
      .split('\n')
      .filter((key) => !/:(meta|events|id|stalled-check|marker)$/.test(key));

  t.test('a sweep is the same on a queue, though a worker is killed and the server restarted', async (t) => {
    const [first, second] = [await work(), await work()];
    const words = [
      'sweep',
      ...grid,
      '--epochs',
      '400',
      '--output-dir',
      join(folder, 'queue'),
      '--queue',
      redis.url,
    ];
    const sweeping = digits(words);
    const journal = join(folder, 'queue', 'sweep.trials.jsonl');
    const finished = () => (existsSync(journal) ? read(journal).split('\n').length - 1 : 0);
    await until(() => finished() >= 3);
    first.child.kill('SIGKILL');
    await until(() => finished() >= 6);
    await redis.kill();
    await delay(300);
    await redis.restart();
    const { code, stdout, stderr } = await sweeping;
    t.equal(code, 0, stderr);
    t.notMatch(stderr, /\n {4}at |ioredis|IMPORTANT/);
    const local = await digitsHere([
      'sweep',
      ...grid,
      '--epochs',
      '400',
      '--output-dir',
      join(folder, 'alone'),
    ]);
    t.equal(local.code, 0, local.stderr);
    t.equal(read(folder, 'queue', 'sweep.json'), read(folder, 'alone', 'sweep.json'));
    t.same(JSON.parse(stdout).trainings, { done: 30, resumed: 0 });
    t.equal(new Set(read(journal).trim().split('\n')).size, 30);
    t.same(keysLeft(), []);
    const ended = await second.end('SIGTERM');
    t.equal(ended.code, 0);
    t.match(JSON.parse(ended.stdout), { trainings: Number, given_back: 0 });
    t.notMatch(ended.stderr, /\n {4}at |ioredis|IMPORTANT/);
    const again = await digitsHere(words);
    t.same(
      [again.code, JSON.parse(again.stdout).trainings, again.stderr],
      [0, { done: 0, resumed: 30 }, ''],
      'what is finished needs no worker',
    );
  });

  t.test('folds of a training run on a queue; the table may be elsewhere', async (t) => {
    const rows = Array.from(
      { length: 60 },
      (_, row) => `${Math.sin(row)},${row % 7},${row % 3 === 0 ? 'a' : 'b'}`,
    );
    const [here, there] = ['here.csv', 'there.csv'].map((name) => join(folder, name));
    writeFileSync(here, `x,y,class\n${rows.join('\n')}\n`);
    cpSync(here, there);
    const asked = ['train', '--folds', '3', '--quiet', '--label', 'class'];
    const local = await digitsHere([...asked, '--data', here, '--output-dir', join(folder, 'local')]);
    t.equal(local.code, 0, local.stderr);
    const lost = await work('--data', join(folder, 'empty.csv'));
    const child = startDigits([
      ...asked,
      '--data',
      here,
      '--output-dir',
      join(folder, 'folds'),
      '--queue',
      redis.url,
    ]);
    let stderr = '';
    child.stderr?.on('data', (data) => {
      stderr += data;
    });
    await until(() => /the worker \S+ gives trainings back: .*empty\.csv/.test(stderr));
    t.match(lost.output.stderr, /digits: gives a training back: .*empty\.csv/);
    await lost.end('SIGTERM');
    const worker = await work('--data', there);
    const [code] = await once(child, 'close');
    t.equal(code, 0, stderr);
    t.equal(read(folder, 'folds', 'cross_validation.json'), read(folder, 'local', 'cross_validation.json'));
    t.equal((await worker.end('SIGINT')).code, 130);
    t.same(keysLeft(), []);
  });

  t.test('a worker ends without its server, too', async (t) => {
    const worker = await work();
    await redis.kill();
    await until(() => worker.output.stderr.includes('the connection is lost, and is tried again'));
    const { code, stdout, stderr } = await worker.end('SIGTERM');
    await redis.restart();
    t.equal(code, 0, stderr);
    t.same(JSON.parse(stdout), { trainings: 0, given_back: 0 });
    t.equal(stderr.split('\n').length, 3, 'two lines');
  });

  t.test('Ctrl-C leaves the trainings in the queue, twice removes them, and so does --abandon', async (t) => {
    const words = [
      'sweep',
      ...grid,
      '--output-dir',
      join(folder, 'left'),
      '--queue',
      redis.url,
      '--queue-name',
      'mine',
    ];
    const startSweep = async () => {
      const child = startDigits(words);
      let stderr = '';
      child.stderr?.on('data', (data) => {
        stderr += data;
      });
      const told = (text: string) => until(() => stderr.includes(text));
      await told('no worker is connected: start some with digits work --queue redis://127.0.0.1');
      t.match(stderr, '--queue-name mine\n');
      await until(() => keysLeft().length >= 30);
      child.kill('SIGINT');
      await told('stay in the queue: Ctrl-C again within 5 seconds removes them');
      return { child, told };
    };
    const first = await startSweep();
    const [code] = await once(first.child, 'close');
    t.equal(code, 130);
    t.ok(keysLeft().length >= 30);
    const second = await startSweep();
    second.child.kill('SIGINT');
    await second.told('the trainings without a result are removed from the queue');
    await once(second.child, 'close');
    t.same(keysLeft(), []);
    const third = await startSweep();
    third.child.kill('SIGKILL');
    const abandoned: Outcome = await digitsHere([...words, '--abandon']);
    t.same(JSON.parse(abandoned.stdout), { removed: 30, running: 0 });
    t.same(keysLeft(), []);
  });
}
