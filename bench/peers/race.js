import { setTimeout as pause } from 'node:timers/promises';

/** Largest relative difference of a loss from the float64 computation. */
const LOSS_TOLERANCE = 1e-5;
/** Least share of rows with the same class as in the float64 computation. */
const EQUAL_CLASSES = 0.9999;
/** Untimed run of each peer, so that its engine has optimised it. */
const WARM_UP_SEC = 0.3;
/** Approximate duration of a turn, limited to this number of epochs. */
const TURN_SEC = 0.03;
const MOST_EPOCHS = 20;
/** Time for the idle threads of a pool to stop spinning, so that they don't disturb the next peer. */
const REST_MS = 150;

/**
 * @typedef {object} Entry
 * @property {import('./peer.js').Peer} peer
 * @property {string} agreement how far its answers are from the reference
 * @property {number[]} seconds of each epoch; empty if not timed
 * @property {string} [refused] why it was not timed
 */

/**
 * @typedef {object} Contestant
 * @property {Entry} entry
 * @property {import('./peer.js').Runner} runner
 * @property {number} count epochs per turn
 */

/**
 * Lets the peers that can do a job take turns at it, so that whatever else the machine does slows all of them. Each
 * has to give the right answers first.
 *
 * @param {import('./jobs.js').Job} job
 * @param {readonly import('./peer.js').Peer[]} peers
 * @param {() => number} measurePeak
 * @param {(what: string) => void} onProgress
 * @returns {Promise<{ entries: Entry[], peaks: number[] }>}
 */
export async function race(job, peers, measurePeak, onProgress) {
  /** @type {Entry[]} */
  const entries = [];
  /** @type {Contestant[]} */
  const contestants = [];
  /** @type {number[]} */
  const peaks = [];
  /** @type {import('./peer.js').Runner[]} */
  const runners = [];
  try {
    for (const peer of peers) {
      const prepare = beginning(peer, job);
      if (!prepare) continue;
      onProgress(`${peer.name} shows its answers`);
      /** @type {Entry} */
      const entry = { peer, agreement: '', seconds: [] };
      entries.push(entry);
      try {
        const runner = await prepare();
        runners.push(runner);
        const { agreement, agrees } = compare(job, await firstAnswers(job, runner));
        entry.agreement = agreement;
        if (agrees) contestants.push({ entry, runner, count: await warmUp(runner) });
        else entry.refused = 'not timed: its answers differ';
      } catch (error) {
        entry.refused = `not timed: ${error instanceof Error ? error.message : error}`;
      }
      if (peer.threaded) await pause(REST_MS);
    }
    for (let round = 0; round < job.rounds; round++) {
      onProgress(`round ${round + 1} of ${job.rounds}`);
      peaks.push(measurePeak());
      // Rotates the order, so that no peer always follows the same one.
      const first = round % Math.max(1, contestants.length);
      for (const { entry, runner, count } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
        // Collects one peer's garbage outside the time of the next.
        globalThis.gc?.();
        const { seconds } = await runner.turn(count);
        entry.seconds.push(...seconds);
        if (entry.peer.threaded) await pause(REST_MS);
      }
    }
  } finally {
    for (const runner of runners) await runner.close();
  }
  return { entries, peaks };
}

/**
 * @param {import('./peer.js').Peer} peer
 * @param {import('./jobs.js').Job} job
 */
function beginning({ train, classify }, job) {
  if (job.kind === 'training') return train && (() => train(job));
  return classify && (() => classify(job));
}

/**
 * @param {import('./jobs.js').Job} job
 * @param {import('./peer.js').Runner} runner
 */
async function firstAnswers(job, runner) {
  const { outcome } = await runner.turn(job.kind === 'training' ? job.expected.length : 1);
  return outcome;
}

/**
 * @param {import('./jobs.js').Job} job
 * @param {ArrayLike<number | bigint>} outcome
 */
function compare({ kind, expected }, outcome) {
  if (outcome.length !== expected.length) {
    throw new Error(`${outcome.length} answers where ${expected.length} were expected`);
  }
  if (kind === 'training') {
    let difference = 0;
    for (let i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(Number(outcome[i]) / expected[i] - 1));
    }
    const agrees = difference <= LOSS_TOLERANCE;
    return { agreement: `losses to ${difference.toExponential(0)}`, agrees };
  }
  let equal = 0;
  for (let i = 0; i < expected.length; i++) if (Number(outcome[i]) === expected[i]) equal++;
  const share = equal / expected.length;
  return { agreement: `${(100 * share).toFixed(3)} % of classes equal`, agrees: share >= EQUAL_CLASSES };
}

/**
 * @param {import('./peer.js').Runner} runner
 * @returns {Promise<number>} the number of epochs per turn
 */
async function warmUp(runner) {
  let total = 0;
  let last = 0;
  while (total < WARM_UP_SEC) {
    const { seconds } = await runner.turn(1);
    last = seconds[0];
    total += last;
  }
  return Math.max(1, Math.min(MOST_EPOCHS, Math.floor(TURN_SEC / last)));
}
