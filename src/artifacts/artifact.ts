import type { Chart } from '../charts/chart.js';
import type { PayloadTypes } from '../generated/payloads.js';
import type { Run } from '../run/run.js';

/** What an artifact of any model on any rows is made from: a run, or the test of a saved model. */
export type Tested = Pick<Run, 'trainAccuracy' | 'test'> & {
  /** The table, if the model was trained on a part of it. */
  readonly dataset?: Run['dataset'];
};

interface JsonFile<Payload extends object> {
  /** The stem of `NAME.json` and of `schemas/NAME.schema.json`. */
  readonly name: keyof PayloadTypes;
  /**
   * Checks what relates the numbers of a payload to each other, once it has passed its schema.
   *
   * @throws InvalidArtifactError for the first fault
   */
  check?(payload: Payload): void;
}

/** A JSON file with a picture. */
export interface Artifact<Payload extends object> extends JsonFile<Payload> {
  /** File name of the picture. */
  readonly picture: string;
  readonly chart: Chart<Payload>;
}

/** A JSON file without a picture. */
export interface PlainArtifact<Payload extends object> extends JsonFile<Payload> {
  readonly picture?: never;
  readonly chart?: never;
}

/** How an artifact is made from its subject. To add one, write a schema, a file here and a line in the registry. */
interface Made<Payload extends object, Subject> {
  /** What the JSON file contains, for the help and for lists of files. */
  readonly description: string;
  /** The command-line switch that asks for it; without one it is always made. */
  readonly flag?: string;
  /** Set if the payload has an entry per epoch, and so needs the history of the run. */
  readonly everyEpoch?: true;
  /** Set if it has times, which differ from run to run. */
  readonly isMeasured?: true;
  /** Multiply-adds that it takes, if they may be many: then a page makes it only where they are few. */
  products?(subject: Subject): number;
  payload(subject: Subject): Payload | Promise<Payload>;
}

/**
 * An artifact of a training run with a picture; if made from `Tested`, it suits any model on any rows. `Result` is a promise if
 * it takes long.
 */
export interface RunArtifact<
  Payload extends object,
  Subject = Run,
  Result extends Payload | Promise<Payload> = Payload,
> extends Artifact<Payload>,
    Made<Payload, Subject> {
  /** The title under which a page shows the chart, together with others of the same title. */
  readonly view: string;
  payload(subject: Subject): Result;
}

/** An artifact of a training run without a picture. */
export interface PlainRunArtifact<Payload extends object, Subject = Run>
  extends PlainArtifact<Payload>,
    Made<Payload, Subject> {}

export type AnyArtifact<Payload extends object> = Artifact<Payload> | PlainArtifact<Payload>;
export type AnyRunArtifact<Payload extends object, Subject = Run> =
  | RunArtifact<Payload, Subject, Payload | Promise<Payload>>
  | PlainRunArtifact<Payload, Subject>;
