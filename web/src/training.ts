/** A training that reports its progress, keeps a pace, and can be stopped and resumed. */
import {
  accuracy,
  DivergenceError,
  type Epoch,
  fitInputs,
  gatherFeatures,
  type Inputs,
  type LoadedDataset,
  lastTenthOf,
  loadCore,
  type Model,
  type Options,
  planRun,
  type RecordedEpoch,
  type RunPlan,
  rowsWithWeight,
  shapeOf,
  type TrainingState,
  trainRun,
} from 'digit-classifier';
import firstDrawings from '../first-drawings.csv?raw';
import { drawingsIn } from './first-drawings.js';
import { Frames } from './frames.js';
import { type Lesson, withLessons } from './lessons.js';
import { counted } from './quantity.js';

/** What the form says of a training. */
export interface Settings {
  readonly options: Options;
  readonly threads: number | undefined;
  /** Most epochs per second; 0 for no limit. */
  readonly pace: number;
  /** Whether the simulated drawings are trained on, too: the first model of the digits needs them. */
  readonly drawings: boolean;
}

/** The progress of a training since the last report. */
export interface Progress {
  /** Number of epochs of the whole training. */
  readonly epochs: number;
  /** Number of epochs reported before. */
  readonly before: number;
  /** Mean cross-entropy before each step. */
  readonly losses: readonly number[];
  /** Accuracy on the held-out rows after each epoch; null if it was not measured. */
  readonly accuracies: readonly (number | null)[];
  /** Seconds of computation since the first epoch. */
  readonly seconds: number;
}

/** Receives the progress of a training; the last call comes before the training resolves. */
export type Report = (progress: Progress) => void | Promise<void>;

/** A training that has started, or that is about to. */
export interface Training extends Pick<Settings, 'threads' | 'pace'> {
  readonly plan: RunPlan<LoadedDataset>;
  readonly inputs: Inputs;
  /** The rows that are trained on, in words. */
  readonly rows: string;
  readonly history: RecordedEpoch[];
  readonly frames: Frames;
  /** Epoch after which it stops by itself, if it has not reached its last one. */
  readonly until?: number;
  /** State in which the training was stopped. */
  readonly state?: TrainingState;
}

/** The result of a training, or of a part of it. */
export interface Trained {
  readonly model: Model;
  /** If it was stopped, what resumes it. */
  readonly stopped?: Training;
}

/** Milliseconds between two progress reports. */
const REPORT_MS = 30;

/**
 * Prepares a training from zero weights.
 *
 * @param table with the visitor's drawings to train on, besides its rows
 */
export async function prepareTraining(
  { dataset: table, lessons = [] }: { readonly dataset: LoadedDataset; readonly lessons?: readonly Lesson[] },
  { options, threads, pace, drawings }: Settings,
): Promise<Training> {
  const simulated = drawings ? drawingsIn(firstDrawings) : [];
  const planned = planRun(table, options);
  const plan = withLessons(planned, [...simulated, ...lessons]);
  const { dataset } = plan;
  const trained = rowsWithWeight(dataset, plan.sides.train);
  const inputs = await fitInputs(dataset.features, trained, plan.options, undefined, dataset.weights);
  const rows = [
    counted(planned.sides.train.length, 'row'),
    ...(simulated.length > 0 ? [counted(simulated.length, 'simulated drawing')] : []),
    ...(lessons.length > 0 ? [`${counted(lessons.length, 'drawing')} of yours`] : []),
  ].join(' and ');
  const { features, classes } = shapeOf(inputs, 1, dataset.classes.length);
  const frames = new Frames(features * classes, classes);
  return { plan, threads, pace, inputs, rows, history: [], frames };
}

/**
 * Trains to the last epoch or until stopped, and adds the epochs to the history.
 *
 * @throws Error if it is stopped before its first epoch
 */
export async function runTraining(training: Training, report: Report, signal: AbortSignal): Promise<Trained> {
  const { plan, threads, pace, history, frames, until, state } = training;
  const { watch, send } = await observe(training, report);
  const epochs = trainRun(plan, {
    signal,
    ...(threads !== undefined && { threads }),
    ...(state && { resume: state }),
  });
  let last: Epoch | undefined;
  const stopAt = async (reached: TrainingState): Promise<Trained> => {
    const { epoch, weights, bias } = reached;
    frames.add({ epoch, weights: Float32Array.from(weights), bias: Float32Array.from(bias), accuracy: null });
    const { until: _, ...stopped } = training;
    return { model: await modelAt(training, reached), stopped: { ...stopped, state: reached } };
  };
  try {
    for (;;) {
      const step = await epochs.next();
      if (step.done) return { model: step.value };
      last = step.value;
      history.push(last);
      watch(last);
      if (pace > 0) await pause(1000 / pace, signal);
      signal.throwIfAborted();
      if (last.epoch === until && until < plan.options.epochs && !last.converged) {
        return await stopAt(last.state());
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const reached = last?.state() ?? state;
    if (!reached) throw new Error('The training was stopped before its first epoch.');
    return await stopAt(reached);
  } finally {
    await epochs.return(undefined as never);
    await send();
  }
}

/** Reports a training at intervals, and keeps its frames. It measures the accuracy on held-out rows unless that has taken longer than training. */
async function observe({ plan, inputs, history, frames }: Training, report: Report) {
  const { dataset, options, sides } = plan;
  const { features, labels, classes } = dataset;
  const rows = sides.test.length;
  const create = await loadCore();
  const core = create(shapeOf(inputs, rows, classes.length));
  core.pack(gatherFeatures(inputs, features), sides.test, inputs.scaler);
  const heldOut = Int32Array.from(sides.test, (row) => labels[row]);
  let before = history.length;
  let seconds = history.reduce((sum, { duration }) => sum + duration, 0);
  let accuracies: (number | null)[] = [];
  let reported = 0;
  let [trained, measured] = [0, 0];

  const parametersOf = (epoch: Epoch) => {
    try {
      return epoch.parameters();
    } catch (error) {
      // The training throws the same error.
      if (error instanceof DivergenceError) return undefined;
      throw error;
    }
  };
  const measure = ({ weights, bias }: Pick<Model, 'weights' | 'bias'>): number => {
    core.weights.set(weights);
    core.bias.set(bias);
    return accuracy(heldOut, core.classes(rows));
  };
  const send = () => {
    const progress = {
      epochs: options.epochs,
      before,
      losses: history.slice(before).map(({ loss }) => loss),
      accuracies,
      seconds,
    };
    before = history.length;
    accuracies = [];
    reported = performance.now();
    return report(progress);
  };
  const watch = (epoch: Epoch) => {
    const start = performance.now();
    seconds += epoch.duration;
    trained += 1000 * epoch.duration;
    const isLast = epoch.epoch === options.epochs || epoch.converged !== undefined;
    const isMeasured = isLast || measured <= trained;
    const isKept = isLast || frames.isDue(epoch.epoch);
    const parameters = isMeasured || isKept ? parametersOf(epoch) : undefined;
    const share = isMeasured && parameters ? measure(parameters) : null;
    accuracies.push(share);
    if (isKept && parameters) frames.add({ epoch: epoch.epoch, ...parameters, accuracy: share });
    measured += performance.now() - start;
    if (start - reported > REPORT_MS) void send();
  };
  return { watch, send };
}

/** The model of a stopped training: that of a training of only as many epochs. */
async function modelAt({ plan, threads, history }: Training, state: TrainingState): Promise<Model> {
  const { epoch: epochs } = state;
  const epoch = lastTenthOf(epochs);
  const ended = await trainRun(
    { ...plan, options: { ...plan.options, epochs } },
    {
      resume: { ...state, before: { epoch, loss: history[epoch - 1].loss } },
      ...(threads !== undefined && { threads }),
    },
  ).next();
  if (ended.done) return ended.value;
  throw new Error('The training went on after its last epoch.');
}

/** Waits for a time, or until the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((fulfil) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      fulfil();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
