import t from 'tap';
import { createJavaScriptCore } from '../../src/bench/javascript.js';
import { DisagreementError, loadRacers, race } from '../../src/bench/race.js';

const racers = await loadRacers(1, 'deterministic');
const shape = { rows: 300, features: 20, classes: 4 };

t.test('each round has the epochs of both and one burst', async (t) => {
  let rounds = 0;
  for await (const standing of race(shape, racers, { epochs: 3, repeats: 4 })) {
    rounds++;
    t.equal(standing.rounds, rounds);
    t.same(standing.shape, shape);
    t.equal(standing.wasm.length, 3 * rounds);
    t.equal(standing.javascript.length, 3 * rounds);
    t.equal(standing.peaks.length, rounds);
    t.ok(standing.difference < 1e-5);
    t.ok([...standing.wasm, ...standing.javascript, ...standing.peaks].every((value) => value > 0));
  }
  t.equal(rounds, 4);
});

t.test('any shape can race', async (t) => {
  for (const [rows, features, classes] of [
    [1, 1, 2],
    [2, 300, 5],
    [40, 3, 41],
  ]) {
    for await (const { difference } of race({ rows, features, classes }, racers, { epochs: 1, repeats: 1 })) {
      t.ok(difference < 1e-4);
    }
  }
});

t.test('the threads of a race are those that the table can be shared among', async (t) => {
  const large = { rows: 5000, features: 64, classes: 10 };
  for (const [raced, asked, threads] of [
    [large, 2, 2],
    [large, 8, 3],
    [shape, 2, 1],
  ] as const) {
    for await (const standing of race(raced, await loadRacers(asked, 'deterministic'), {
      epochs: 2,
      repeats: 1,
    })) {
      t.equal(standing.threads, threads);
      t.ok(standing.difference < 1e-5);
    }
  }
});

t.test('cores that disagree do not race', async (t) => {
  const wrong: typeof racers = {
    ...racers,
    wasm: {
      createCore: (planned) => {
        const core = createJavaScriptCore(planned);
        return { ...core, update: (rate) => core.update(1.01 * rate) };
      },
    },
  };
  await t.rejects(race(shape, wrong, { epochs: 1, repeats: 1 }).next(), DisagreementError);
  await t.rejects(race(shape, wrong, { epochs: 1, repeats: 1 }).next(), {
    message: /disagree on 300x20x4: .* differ by \d\.\de-\d of the largest, more than 0\.0001/,
  });
});

t.test('a signal ends the race, also in the middle of a round', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = race(shape, racers, { epochs: 1_000_000, repeats: 2, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 700);
  await t.rejects(running.next(), reason);
});
