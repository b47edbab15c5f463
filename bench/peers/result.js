import { availableParallelism, cpus } from 'node:os';
import { operationsOf } from './jobs.js';

/** The peer that all others are compared with. */
export const BASE = 'digits';

/**
 * The results of a peer at a job; without times if it was not timed.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} agreement
 * @property {string} [refused]
 * @property {Times} [times]
 */

/**
 * @typedef {object} Times
 * @property {number} median seconds
 * @property {number} lower quartile
 * @property {number} upper quartile
 * @property {number} ratio to the median of digits
 * @property {number} rowsPerSecond
 * @property {number} gflops
 * @property {number} shareOfPeak
 */

/**
 * @typedef {object} Section
 * @property {'training' | 'prediction'} kind
 * @property {string} title
 * @property {number} peakGflops
 * @property {Row[]} rows fastest first
 */

/**
 * @typedef {object} Result
 * @property {string} date
 * @property {boolean} quick
 * @property {{ cpu: string, threads: number, system: string, node: string, v8: string }} machine
 * @property {string[]} libraries
 * @property {{ name: string, reason: string }[]} absent
 * @property {Section[]} sections
 */

/** What the times depend on besides the programs. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    threads: availableParallelism(),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/**
 * @param {import('./jobs.js').Job} job
 * @param {import('./race.js').Entry[]} entries
 * @param {number[]} peaks
 * @returns {Section}
 */
export function summarise(job, entries, peaks) {
  const peak = quantile(peaks, 0.5);
  const base = entries.find(({ peer }) => peer.name === BASE)?.seconds ?? [];
  const rows = entries.map(({ peer, agreement, refused, seconds }) => {
    if (refused !== undefined) return { name: peer.name, agreement, refused };
    const median = quantile(seconds, 0.5);
    const flops = operationsOf(job) / median;
    const times = {
      median,
      lower: quantile(seconds, 0.25),
      upper: quantile(seconds, 0.75),
      ratio: median / quantile(base, 0.5),
      rowsPerSecond: job.shape.rows / median,
      gflops: flops / 1e9,
      shareOfPeak: flops / peak,
    };
    return { name: peer.name, agreement, times };
  });
  rows.sort((a, b) => (a.times?.median ?? Infinity) - (b.times?.median ?? Infinity));
  return { kind: job.kind, title: job.title, peakGflops: peak / 1e9, rows };
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  return sorted[below] + (position - below) * (sorted[Math.ceil(position)] - sorted[below]);
}
