import { learningRateTrace } from '../charts/learning-rate-trace.js';
import type { TrainingDynamics } from '../generated/payloads.js';
import { describeOptions } from '../model/option-keys.js';
import { schedules } from '../model/schedules.js';
import { solvers } from '../model/solvers/registry.js';
import type { RunArtifact } from './artifact.js';
import { checkLength, InvalidArtifactError, jsonPointer } from './checks.js';

/** Loss, gradient norm and learning rate of each epoch. */
export const trainingDynamics: RunArtifact<TrainingDynamics> = {
  name: 'training_dynamics',
  description: 'loss and learning rate of each epoch',
  view: 'Training',
  picture: 'learning_rate_trace.png',
  flag: 'learning-rate-trace',
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
  check(dynamics) {
    const { epochs, learning_rates } = dynamics;
    checkCount(epochs);
    for (const [key, values] of Object.entries(dynamics)) {
      if (!Array.isArray(values)) continue;
      checkLength('training_dynamics', jsonPointer(key), values, epochs.length, 'epochs');
    }
    if (ratesFall(dynamics)) checkFall(learning_rates);
  },
  chart: learningRateTrace,
};

function checkCount(epochs: readonly number[]): void {
  const index = epochs.findIndex((epoch, i) => epoch !== i + 1);
  if (index < 0) return;
  const fault = `must be ${index + 1}, since elements count from 1, found ${epochs[index]}`;
  throw new InvalidArtifactError('training_dynamics', jsonPointer('epochs', index), fault);
}

/** Whether no learning rate may be higher than the one before: not for the steps of a line search, nor in a warm-up. */
function ratesFall({ solver, schedule }: TrainingDynamics): boolean {
  return !(solver && solvers[solver].findsStepLength) && !(schedule && schedules[schedule].rises);
}

function checkFall(rates: readonly number[]): void {
  const index = rates.findIndex((rate, i) => i > 0 && rate > rates[i - 1]);
  if (index < 0) return;
  const fault = `must not be more than the element before, ${rates[index - 1]}, found ${rates[index]}`;
  throw new InvalidArtifactError('training_dynamics', jsonPointer('learning_rates', index), fault);
}
