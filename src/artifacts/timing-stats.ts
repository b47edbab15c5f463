import { timingStatsChart } from '../charts/timing-stats.js';
import type { TimingStats } from '../generated/payloads.js';
import { sum } from '../numbers.js';
import type { RunArtifact } from './artifact.js';
import { InvalidArtifactError } from './checks.js';

/** Duration of each epoch. */
export const timingStats: RunArtifact<TimingStats> = {
  name: 'timing_stats',
  description: 'how long each epoch took',
  view: 'Training',
  picture: 'timing_stats.png',
  flag: 'timing-stats',
  everyEpoch: true,
  isMeasured: true,
  payload: ({ history }) => {
    const durations = history.map(({ duration }) => duration);
    const total = sum(durations);
    return {
      total_training_time_sec: total,
      average_epoch_time_sec: total / durations.length,
      epoch_durations_sec: durations,
    };
  },
  check({ total_training_time_sec, average_epoch_time_sec, epoch_durations_sec: durations }) {
    const total = sum(durations);
    checkSeconds('/total_training_time_sec', total_training_time_sec, total, 'sum');
    checkSeconds('/average_epoch_time_sec', average_epoch_time_sec, total / durations.length, 'mean');
  },
  chart: timingStatsChart,
};

/** The rounding error of a sum over a million terms stays well below this share of it. */
const tolerance = 1e-9;

function checkSeconds(pointer: string, found: number, expected: number, aggregate: string): void {
  if (Math.abs(found - expected) <= tolerance * expected) return;
  const fault = `must be the ${aggregate} of epoch_durations_sec, ${expected}, found ${found}`;
  throw new InvalidArtifactError('timing_stats', pointer, fault);
}
