/** The learning rate of an epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

/** The options that a schedule depends on. */
interface Rates {
  readonly epochs: number;
  readonly learningRate: number;
  /** Used by `inverse` only. */
  readonly learningRateDecay: number;
}

export interface ScheduleKind {
  /** The formula for help texts, with the learning rate r, the epoch e, from 0, and the number of epochs E. */
  readonly formula: string;
  /** Set if rates depend on the number of epochs: a training that was stopped then differs from one of fewer epochs. */
  readonly needsEpochs?: true;
  /** Set if the rate rises at first. */
  readonly rises?: true;
  /** @param cosine cos(2π · turns), the same on every engine */
  create(rates: Rates, cosine: (turns: number) => number): Schedule;
}

const inverse: ScheduleKind = {
  formula: 'r / (1 + decay · e)',
  create:
    ({ learningRate, learningRateDecay }) =>
    (epoch) =>
      learningRate / (1 + learningRateDecay * epoch),
};

const constant: ScheduleKind = {
  formula: 'r',
  create:
    ({ learningRate }) =>
    () =>
      learningRate,
};

const step: ScheduleKind = {
  formula: 'r, r / 10 from e = E / 2 on, r / 100 from 3 E / 4 on',
  needsEpochs: true,
  create:
    ({ learningRate, epochs }) =>
    (epoch) =>
      learningRate / (epoch < epochs / 2 ? 1 : epoch < (3 * epochs) / 4 ? 10 : 100),
};

const cosine: ScheduleKind = {
  formula: 'r · (1 + cos(π · e / E)) / 2',
  needsEpochs: true,
  create:
    ({ learningRate, epochs }, cosineOf) =>
    (epoch) =>
      (learningRate * (1 + cosineOf(epoch / epochs / 2))) / 2,
};

const warmUpCosine: ScheduleKind = {
  formula: 'r · (e + 1) / W for the first W = ⌈E / 10⌉ epochs, then cosine over the rest',
  needsEpochs: true,
  rises: true,
  create({ learningRate, learningRateDecay, epochs }, cosineOf) {
    const rising = Math.ceil(epochs / 10);
    const rest = { learningRate, learningRateDecay, epochs: epochs - rising };
    const falling = cosine.create(rest, cosineOf);
    return (epoch) => (epoch < rising ? (learningRate * (epoch + 1)) / rising : falling(epoch - rising));
  },
};

/** All schedules by name. */
export const schedules = {
  inverse,
  constant,
  step,
  cosine,
  'warmup-cosine': warmUpCosine,
} satisfies Record<string, ScheduleKind>;

export type ScheduleName = keyof typeof schedules;
