import { timingStatsChart } from '../charts/timing-stats.js';
import type { TimingStats } from '../generated/payloads.js';
import type { RunArtifact } from './artifact.js';

/** Duration of each epoch. */
export const timingStats: RunArtifact<TimingStats> = {
  name: 'timing_stats',
  picture: 'timing_stats.png',
  flag: { name: 'timing-stats', description: 'how long each epoch took' },
  everyEpoch: true,
  payload: ({ history }) => {
    const durations = history.map(({ duration }) => duration);
    const total = durations.reduce((sum, seconds) => sum + seconds, 0);
    return {
      total_training_time_sec: total,
      average_epoch_time_sec: total / durations.length,
      epoch_durations_sec: durations,
    };
  },
  chart: timingStatsChart,
};
