import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import t, { type Test } from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { withJournal } from '../../src/files/journal.js';
import { workAlone } from '../../src/trials/staffs/alone.js';
import { connect, connectionOptions, shownAddress } from '../../src/trials/staffs/queue/server.js';
import { abandonTrials, type QueueState, startQueueStaff } from '../../src/trials/staffs/queue/staff.js';
import { type WorkOptions, workOnQueue } from '../../src/trials/staffs/queue/worker.js';
import { foldTrials, type Trial, type TrialResult } from '../../src/trials/trial.js';
import { leftOut, redisVersion, startRedis } from '../redis.js';

t.test('addresses', async (t) => {
  const of = (url: string, password?: string) => connectionOptions({ url, name: 'digits', password });
  t.same(of('redis://localhost'), { host: 'localhost', port: 6379, db: 0 });
  t.same(of('rediss://[::1]:7000/3'), { host: '::1', port: 7000, db: 3, tls: {} });
  t.same(of('redis://me:p%40ss@h/'), { host: 'h', port: 6379, db: 0, username: 'me', password: 'p@ss' });
  t.same(of('redis://:old@h', 'new'), { host: 'h', port: 6379, db: 0, password: 'new' });
  t.equal(shownAddress({ url: 'rediss://me:secret@[::1]/3', name: '' }), 'rediss://[::1]:6379/3');
  for (const [url, found] of [
    ['localhost:6379', 'found no such address'],
    ['http://h', 'found http:'],
    ['redis://h/x', 'found the database "x"'],
    ['redis://h/1/2', 'found the database "1/2"'],
    ['redis://:secret@', 'found redis:'],
  ]) {
    const error = {
      name: 'QueueError',
      message: new RegExp(`^--queue: expected redis://HOST:PORT, .*${found}$`),
    };
    t.throws(() => of(url), error, url);
  }
});

t.test('servers that are none are told in a line, without the password', async (t) => {
  const refused = async (port: number, message: RegExp) => {
    const error = await connect({ url: `redis://:secret@127.0.0.1:${port}`, name: 'digits' }).catch(
      (error) => error,
    );
    t.equal(error.name, 'QueueError');
    t.match(error.message, message);
    t.notMatch(error.message, /secret|\n/);
  };
  const listening = async (server: ReturnType<typeof createSocketServer>) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    return Object(server.address()).port;
  };
  const web = await listening(createServer((_request, response) => response.end('hello')));
  await refused(web, /^redis:\/\/127\.0\.0\.1:\d+: what listens there does not answer as Redis or Valkey/);
  const silent = createSocketServer((socket) => t.teardown(() => socket.destroy()));
  await refused(await listening(silent), /does not answer as Redis or Valkey/);
  const gone = createSocketServer();
  const port = await listening(gone);
  gone.close();
  await refused(port, /: nothing listens there: start redis-server, or give its address to --queue$/);
});

if (!redisVersion) t.plan(2, leftOut);
else await testWithServer();

async function testWithServer() {
  const redis = await startRedis(t.testdir({}), '--databases', '4');
  t.teardown(redis.kill);
  const dataset = await loadDigits();
  const data = { sha256: 'the digits', table: 'digits', testSplit: 0.2, seed: 13 } as const;
  const trialsOf = (l2: number, folds = 4): Trial[] =>
    foldTrials({ version: '1', data, options: { epochs: 3, l2 } }, folds);
  const addressOf = (t: Test) => ({ url: redis.url, name: t.name.replace(/\W+/g, '-') });

  /** Starts a worker that ends with the test. */
  function work(t: Test, options: Partial<WorkOptions> = {}) {
    const end = new AbortController();
    const ended = workOnQueue(addressOf(t), {
      version: '1',
      open: async () => ({ sha256: data.sha256, staff: workAlone(dataset) }),
      threads: 2,
      lease: 1,
      signal: end.signal,
      ...options,
    });
    const stop = () => {
      end.abort();
      return ended;
    };
    t.teardown(stop);
    return stop;
  }

  /** Numbers of jobs of the queue of a test, of states that have some. */
  async function jobsOf(t: Test): Promise<Record<string, number>> {
    const queue = new Queue(addressOf(t).name, { connection: { port: redis.port } });
    const counts = await queue.getJobCounts();
    await queue.close();
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }

  const alone = workAlone(dataset);
  const run = (trials: readonly Trial[]): Promise<TrialResult[]> => Promise.all(trials.map(alone.run));

  t.test('workers give the results that this thread gives, each for its trial', async (t) => {
    const trials = [
      ...trialsOf(0),
      ...trialsOf(0.1),
      ...foldTrials({ version: '1', data, options: { epochs: 9, learningRate: 1e300 } }, 2),
    ];
    const states: QueueState[] = [];
    const staff = await startQueueStaff(addressOf(t), (state) => states.push(state));
    const results = Promise.all(trials.map(staff.run));
    t.equal(staff.run(trials[0]), staff.run(trials[0]), 'a trial that is wanted twice is one job');
    work(t);
    t.same(await results, await run(trials));
    t.same(await jobsOf(t), { completed: trials.length }, 'they stay until their results are kept');
    for (const trial of trials) staff.forget?.(trial);
    await staff.dismiss();
    t.same(await jobsOf(t), {});
    t.ok(states.length > 0);
    await t.rejects(async () => staff.run(trials[0]), 'the trials were cancelled');
  });

  t.test('a staff that ends loses nothing: the next one finds the results', async (t) => {
    const trials = trialsOf(0.2);
    const first = await startQueueStaff(addressOf(t));
    const unfinished = Promise.all(trials.map(first.run));
    while ((await jobsOf(t)).waiting !== trials.length) await delay(20);
    await first.dismiss();
    await t.rejects(unfinished, 'the trials were cancelled');
    const ran: Trial[] = [];
    const stop = work(t, { onTrial: (trial) => ran.push(trial) });
    while ((await jobsOf(t)).completed !== trials.length) await delay(20);
    await stop();
    const second = await startQueueStaff(addressOf(t));
    t.same(await Promise.all(trials.map(second.run)), await run(trials), 'without a worker');
    t.equal(ran.length, trials.length);
    for (const trial of trials) second.forget?.(trial);
    await second.dismiss();
    t.same(await jobsOf(t), {});
  });

  t.test('a job whose result is in the journal is removed by the next sweep', async (t) => {
    const [trial] = trialsOf(0.6);
    const first = await startQueueStaff(addressOf(t));
    work(t);
    const result = await first.run(trial);
    await first.dismiss();
    t.same(await jobsOf(t), { completed: 1 });
    const second = await startQueueStaff(addressOf(t));
    const nothing = async () => {};
    const journal = { find: () => result, record: nothing, close: nothing };
    t.equal(await withJournal(journal, second)(trial), result);
    await second.dismiss();
    t.same(await jobsOf(t), {});
  });

  t.test('two staffs that want the same trials share them', async (t) => {
    const trials = trialsOf(0.3);
    const staffs = [await startQueueStaff(addressOf(t)), await startQueueStaff(addressOf(t))];
    work(t);
    const results = await Promise.all(
      staffs.map(async (staff) => {
        const found = await Promise.all(
          trials.map(async (trial) => {
            const result = await staff.run(trial);
            staff.forget?.(trial);
            return result;
          }),
        );
        await staff.dismiss();
        return found;
      }),
    );
    t.same(results, Array(2).fill(await run(trials)));
    t.same(await jobsOf(t), {});
  });

  t.test('a trial that fails by its own fault ends with its reason', async (t) => {
    const [trial] = trialsOf(0);
    const astray = { ...trial, fold: { count: 4, index: 7 } };
    work(t);
    for (const _ of [1, 2]) {
      const staff = await startQueueStaff(addressOf(t));
      await t.rejects(staff.run(astray), /^found fold 7, expected one from 0 to 3$/);
      await staff.dismiss();
      t.same(await jobsOf(t), {});
    }
  });

  t.test('workers that cannot do a training give it back, and say why on both sides', async (t) => {
    const trials = trialsOf(0.4);
    const told: string[] = [];
    const refusals = new Set<string>();
    const staff = await startQueueStaff(addressOf(t), (state) => {
      for (const { refused } of state.refusals) refusals.add(refused);
    });
    const results = Promise.all(trials.map(staff.run));
    const onRefusal = (reason: string) => told.push(reason);
    work(t, { version: '2', onRefusal });
    work(t, { onRefusal, open: async () => ({ sha256: 'others', staff: workAlone(dataset) }) });
    work(t, {
      onRefusal,
      open: async () => {
        throw new Error('table.csv: there is no such file');
      },
    });
    while (refusals.size < 3) await delay(50);
    const reasons = [...refusals].sort();
    t.match(reasons[0], /^table\.csv: there is no such file$/);
    t.match(
      reasons[1],
      /^the table here is another than that of the training: its SHA-256 is others, expected the digits/,
    );
    t.match(reasons[2], /^this worker is digits 2, the training is of digits 1: run the same version$/);
    t.same([...new Set(told)].sort(), reasons);
    work(t);
    t.same(await results, await run(trials));
    for (const trial of trials) staff.forget?.(trial);
    await staff.dismiss();
  });

  const endings: [string, () => TrialResult][] = [
    ['end', () => ({ rows: 1, diverged: 1 })],
    [
      'fail',
      () => {
        throw new Error('by its own fault');
      },
    ],
  ];
  for (const [ending, end] of endings)
    t.test(`trials that are given up are removed, running ones when they ${ending}`, async (t) => {
      const trials = trialsOf(0.5);
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const staff = await startQueueStaff(addressOf(t));
      const results = Promise.all(trials.map(staff.run));
      results.catch(() => {});
      work(t, {
        threads: 1,
        open: async () => ({
          sha256: data.sha256,
          staff: {
            run: async () => {
              await held;
              return end();
            },
            dismiss() {},
          },
        }),
      });
      while ((await jobsOf(t)).active !== 1) await delay(20);
      t.same(await abandonTrials(addressOf(t), trials), { removed: trials.length - 1, running: 1 });
      await staff.dismiss();
      release();
      while ((await jobsOf(t)).active === 1) await delay(20);
      t.same(await jobsOf(t), {});
      t.same(await abandonTrials(addressOf(t), trials), { removed: 0, running: 0 });
    });

  t.test('a server that may lose jobs, has no such database, or wants a password', async (t) => {
    const refused = (url: string, message: RegExp) =>
      t.rejects(startQueueStaff({ url, name: 'digits' }), { name: 'QueueError', message });
    await refused(
      `${redis.url}/9`,
      /: the server has no such database: check the number at the end of --queue$/,
    );
    redis.cli('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    await refused(
      redis.url,
      /drops data .* expected the maxmemory-policy noeviction, found allkeys-lru; run "redis-cli/,
    );
    redis.cli('config', 'set', 'maxmemory-policy', 'noeviction');
    redis.cli('config', 'set', 'requirepass', 'secret');
    await refused(redis.url, /: the server wants a password: give it in DIGITS_QUEUE_PASSWORD, or in a file/);
    await refused(redis.url.replace('//', '//:wrong@'), /: the server refuses the user or the password$/);
    const staff = await startQueueStaff({ url: redis.url, name: 'digits', password: 'secret' });
    await staff.dismiss();
    redis.cli('-a', 'secret', '--no-auth-warning', 'config', 'set', 'requirepass', '');
  });
}
