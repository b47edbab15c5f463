import type { TimingStats, TrainingDynamics } from 'digit-classifier/artifacts';
import { elementOf } from '../page.js';
import type { Subject } from '../subject.js';
import { chartIn } from './chart-in.js';

/** Shows the course of the training: loss, learning rate and time of each epoch. */
export function createTraining(): (subject: Subject) => Promise<void> {
  const drawDynamics = chartIn<TrainingDynamics>('dynamics', ([, , trainingDynamics]) => trainingDynamics);
  const drawTiming = chartIn<TimingStats>('timing', ([, , , timingStats]) => timingStats);
  return async ({ trainingDynamics: dynamics, timingStats: timing }) => {
    elementOf('training', HTMLElement).toggleAttribute('data-empty', !dynamics);
    if (dynamics) await drawDynamics(dynamics);
    if (timing) await drawTiming(timing);
  };
}
