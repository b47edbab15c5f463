/** What the page's worker tells of a training: the model after each epoch that was kept, on the rows held out. */
import {
  accuracy,
  confusionMatrix,
  createPredictor,
  type LoadedDataset,
  type Model,
  matrixFor,
  type Options,
  type Predictor,
  trainAndTest,
  trainRun,
} from 'digit-classifier';
import { type Cell, cellsOf, featureLabels } from '../cells.js';
import type { Frame } from '../frames.js';
import type { Training } from '../training.js';
import { createEffects, type EffectsOf } from './effects.js';
import { numberColumns, type Plane, type Regions, regionsOf } from './regions.js';

/** The epochs of a training that can be shown; one number for each in the lists. */
export interface Course {
  readonly solver: string;
  /** Number of epochs that the options ask for. */
  readonly planned: number;
  /** Numbers of finished epochs, from 0, in order. */
  readonly epochs: readonly number[];
  /** Mean cross-entropy of the training rows after the epoch, with the penalty; null if it is not known. */
  readonly losses: readonly (number | null)[];
  /** Share of the held-out rows predicted correctly; null if it was not measured. */
  readonly accuracies: readonly (number | null)[];
  /** Euclidean norm of the gradient of the loss after the epoch; null if it is not known. */
  readonly gradients: readonly (number | null)[];
  /** Number of held-out rows. */
  readonly heldOut: number;
  readonly classes: readonly string[];
  /** Names of the columns. */
  readonly featureNames: readonly string[];
  /** Names of the features that a model makes of the columns. */
  readonly effectNames: readonly string[];
  /** Number of random features; 0 if the weights apply to the features themselves. */
  readonly components: number;
  /** The columns of numbers, by their places among the columns, with their largest effects after the last epoch. */
  readonly numbers: readonly { readonly column: number; readonly name: string; readonly effect: number }[];
  /** Magnitude of the largest effect after the last epoch. */
  readonly largestEffect: number;
  readonly isDigits: boolean;
  /** Whether it was stopped and can go on. */
  readonly isStopped: boolean;
}

/** The model after an epoch. */
export interface Moment {
  readonly epoch: number;
  /** Mean cross-entropy of the training rows, with the penalty. */
  readonly loss: number;
  /** Share of the held-out rows predicted correctly. */
  readonly accuracy: number;
  /** Counts of held-out rows, `[actual][predicted]`. */
  readonly matrix: readonly (readonly number[])[];
  /** Row by row, a number for each class. */
  readonly weights: Float32Array;
  /** What each feature speaks for, see `createEffects`: in the order of the weights. Missing if the model is too large. */
  readonly effects?: Float32Array;
  /** The probabilities of the row that was given; missing if there was none, or its logits are not finite. */
  readonly probabilities?: Float64Array;
}

/** A row that the model was not trained on. */
export interface HeldOutRow {
  /** Index in the table, from 0. */
  readonly row: number;
  readonly cells: readonly Cell[];
  /** Index of its class. */
  readonly label: number;
}

/** The result of a training on the side. */
export interface Trial {
  /** Loss after each epoch, from 0, less the last one. */
  readonly losses: readonly number[];
  readonly accuracy: number;
}

export interface Replay {
  /** The last training that began on the open table; undefined if there is none. */
  course(): Promise<Course | undefined>;
  /** The model after an epoch, or after the last one before it that was kept. */
  at(epoch: number, cells?: readonly Cell[]): Promise<Moment | undefined>;
  /** A held-out row: the first, the second and so on, and after the last the first again. */
  heldOut(place: number): HeldOutRow | undefined;
  /** The held-out rows of a cell of the matrix after an epoch, `limit` at most. */
  rowsOf(epoch: number, actual: number, predicted: number, limit: number): Promise<HeldOutRow[]>;
  /** The predicted classes over two columns of numbers. */
  regions(epoch: number, plane: Plane): Promise<Regions | undefined>;
  /** Trains on the open table, beside the model that the page has, which stays. A large table is thinned out. */
  trial(options: Options): Promise<Trial>;
}

/** Most rows of a trial, since it is waited for. */
const TRIAL_ROWS = 2000;

/** A model with names of its columns. */
type NamedModel = Model & { readonly featureNames: readonly string[] };

/** What is known of a frame. */
interface Known {
  readonly training: Training;
  readonly frame: Frame;
  readonly model: NamedModel;
  readonly predictor: Predictor;
  /** Of the held-out rows. */
  readonly predictions: Int32Array;
}

/**
 * @param watched the training to tell of, if there is one
 * @param table the open table
 */
export function createReplay(
  watched: () => { readonly training: Training; readonly isStopped: boolean } | undefined,
  table: () => LoadedDataset,
): Replay {
  let last: Known | undefined;
  let ofInputs:
    | { readonly inputs: Training['inputs']; readonly effects: Promise<EffectsOf | undefined> }
    | undefined;
  let end: { readonly of: Frame; readonly loss: Promise<number> } | undefined;

  async function know(epoch: number): Promise<Known | undefined> {
    const { training } = watched() ?? {};
    if (!training) return undefined;
    const frame = training.frames.at(epoch);
    if (last?.frame === frame) return last;
    const { plan, inputs } = training;
    const { features, classes } = plan.dataset;
    const { weights, bias } = frame;
    const model = { ...inputs, classes, featureNames: namesOf(plan.dataset), weights, bias };
    const predictor = await createPredictor(model);
    const predictions = predictor.predict(features, plan.sides.test);
    last = { training, frame, model, predictor, predictions };
    return last;
  }

  function effectsOf({ inputs, plan }: Training): Promise<EffectsOf | undefined> {
    if (ofInputs?.inputs !== inputs) {
      ofInputs = { inputs, effects: createEffects(inputs, plan.dataset, plan.sides.test) };
    }
    return ofInputs.effects;
  }

  /** The loss after the last epoch, which no step has followed. */
  function lossAtEnd(training: Training, frame: Frame): Promise<number> {
    if (end?.of !== frame) end = { of: frame, loss: measureLoss(training, frame) };
    return end.loss;
  }

  return {
    async course() {
      const found = watched();
      return found && courseOf(found.training, found.isStopped, await effectsOf(found.training));
    },

    async at(epoch, cells) {
      const known = await know(epoch);
      if (!known) return undefined;
      const { training, frame, model, predictor, predictions } = known;
      const { dataset, sides } = training.plan;
      const labels = Int32Array.from(sides.test, (row) => dataset.labels[row]);
      // A row without finite logits has no prediction.
      const read = predictions.map((_, i) => i).filter((i) => predictions[i] >= 0);
      const [actual, predicted] = [labels, predictions].map((all) => read.map((i) => all[i]));
      const effects = (await effectsOf(training))?.(frame.weights);
      const shares = cells && sharesOf(model, predictor, cells);
      return {
        epoch: frame.epoch,
        loss: lossAfter(training, frame.epoch) ?? (await lossAtEnd(training, frame)),
        accuracy: accuracy(labels, predictions),
        matrix:
          read.length > 0
            ? confusionMatrix(actual, predicted, dataset.classes.length)
            : dataset.classes.map(() => dataset.classes.map(() => 0)),
        weights: frame.weights,
        ...(effects && { effects }),
        ...(shares && { probabilities: shares }),
      };
    },

    heldOut(place) {
      const { plan } = watched()?.training ?? {};
      if (!plan) return undefined;
      const { test } = plan.sides;
      return rowAt(plan.dataset, test[place % test.length]);
    },

    async rowsOf(epoch, actual, predicted, limit) {
      const known = await know(epoch);
      if (!known) return [];
      const { dataset, sides } = known.training.plan;
      const rows = sides.test.filter(
        (row, i) => dataset.labels[row] === actual && known.predictions[i] === predicted,
      );
      return Array.from(rows.subarray(0, limit), (row) => rowAt(dataset, row));
    },

    async regions(epoch, plane) {
      const known = await know(epoch);
      if (!known) return undefined;
      return regionsOf(known.training.plan, known.model, known.predictor, plane);
    },

    async trial(options) {
      const run = await trainAndTest(thinned(table(), TRIAL_ROWS), options);
      return { losses: run.history.map(({ loss }) => loss), accuracy: run.test.accuracy };
    },
  };
}

function courseOf(
  { plan, inputs, history, frames }: Training,
  isStopped: boolean,
  effectsOf: EffectsOf | undefined,
): Course {
  const { dataset, options, sides } = plan;
  const { classes, features, isDigits = false } = dataset;
  const names = namesOf(dataset);
  const last = effectsOf?.(frames.at(Number.POSITIVE_INFINITY).weights) ?? new Float32Array();
  const effectNames = featureLabels({ ...inputs, featureNames: names });
  const largest = (effects: Float32Array) =>
    effects.reduce((most, effect) => Math.max(most, Math.abs(effect)), 0);
  const largestFor = (name: string) => {
    const first = effectNames.indexOf(name) * classes.length;
    return largest(last.subarray(first, first + classes.length));
  };
  return {
    solver: options.solver,
    planned: options.epochs,
    epochs: frames.all.map(({ epoch }) => epoch),
    losses: frames.all.map(({ epoch }) => history[epoch]?.loss ?? null),
    accuracies: frames.all.map((frame) => frame.accuracy),
    gradients: frames.all.map(({ epoch }) => history[epoch]?.gradientNorm ?? null),
    heldOut: sides.test.length,
    classes,
    featureNames: names,
    effectNames,
    components: inputs.projection?.components ?? 0,
    numbers: numberColumns(features).map((column) => ({
      column,
      name: names[column],
      effect: largestFor(names[column]),
    })),
    largestEffect: largest(last),
    isDigits,
    isStopped,
  };
}

function namesOf({ featureNames = [], features }: LoadedDataset): string[] {
  return Array.from({ length: features.columns }, (_, j) => featureNames[j] ?? `feature ${j}`);
}

/** The loss after an epoch, if it is known: that before the step of the next one. */
function lossAfter({ history }: Training, epoch: number): number | undefined {
  if (history[epoch]) return history[epoch].loss;
  const last = history[epoch - 1];
  // The last epoch of a training that has converged takes no step.
  return last?.learningRate === 0 ? last.loss : undefined;
}

/** The loss of a frame: that of an epoch of gradient descent that begins there. */
async function measureLoss({ plan }: Training, { epoch, weights, bias }: Frame): Promise<number> {
  const { features, components, gamma, seed, l2, classWeight } = plan.options;
  const { validation: _, ...sides } = plan.sides;
  const options = {
    features,
    seed,
    l2,
    ...(components !== undefined && { components }),
    ...(gamma !== undefined && { gamma }),
    ...(classWeight !== undefined && { classWeight }),
    solver: 'gd',
    epochs: epoch + 1,
  } as const;
  const resume = { epoch: Math.max(1, epoch), weights: [...weights], bias: [...bias] };
  const epochs = trainRun({ dataset: plan.dataset, options, sides }, epoch > 0 ? { resume } : {});
  try {
    const step = await epochs.next();
    return step.done ? Number.NaN : step.value.loss;
  } finally {
    await epochs.return(undefined as never);
  }
}

function sharesOf(model: NamedModel, predictor: Predictor, cells: readonly Cell[]): Float64Array | undefined {
  const matrix = matrixFor(model, [cells]);
  const shares = predictor.probabilities(matrix, Int32Array.of(0));
  return Number.isNaN(shares[0]) ? undefined : shares;
}

function rowAt({ features, labels }: LoadedDataset, row: number): HeldOutRow {
  return { row, cells: cellsOf(features, row), label: labels[row] };
}

/** A table with every second, third or so row of another, so that there are at most `most`. */
function thinned(dataset: LoadedDataset, most: number): LoadedDataset {
  const { features, labels, classes, featureNames, isDigits } = dataset;
  const stride = Math.ceil(features.rows / most);
  if (stride === 1) return dataset;
  const { columns, values } = features;
  const rows = Array.from({ length: Math.ceil(features.rows / stride) }, (_, i) => i * stride);
  const kept = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    kept.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return {
    features: { ...features, rows: rows.length, values: kept },
    labels: Int32Array.from(rows, (row) => labels[row]),
    classes,
    ...(featureNames && { featureNames }),
    ...(isDigits && { isDigits }),
  };
}
