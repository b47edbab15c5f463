import { learningRateTrace } from '../charts/learning-rate-trace.js';
import type { TrainingDynamics } from '../generated/payloads.js';
import { describeOptions } from '../model/option-keys.js';
import type { RunArtifact } from './artifact.js';

/** Loss, gradient norm and learning rate of each epoch. */
export const trainingDynamics: RunArtifact<TrainingDynamics> = {
  name: 'training_dynamics',
  picture: 'learning_rate_trace.png',
  flag: { name: 'learning-rate-trace', description: 'loss and learning rate of each epoch' },
  everyEpoch: true,
  payload: ({ history, options }) => {
    const { solver, schedule } = describeOptions(options);
    const validation = history.flatMap(({ validationLoss }) => validationLoss ?? []);
    return {
      epochs: history.map((_, index) => index + 1),
      learning_rates: history.map(({ learningRate }) => learningRate),
      losses: history.map(({ loss }) => loss),
      gradient_norms: history.map(({ gradientNorm }) => gradientNorm),
      ...(validation.length > 0 && { validation_losses: validation }),
      ...(solver !== undefined && { solver }),
      ...(schedule !== undefined && { schedule }),
    };
  },
  chart: learningRateTrace,
};
