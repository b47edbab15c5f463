/** The worker of the page, which holds the table and the run, and does everything that takes time. */
import { expose, type ProxyMarked, proxy } from 'comlink';
import {
  type ColumnAccount,
  columnsOf,
  concludeRun,
  datasetOf,
  type Evaluation,
  everyRow,
  fitInputs,
  type LoadedDataset,
  loadCore,
  loadDigits,
  type Model,
  type Run,
  restoreModel,
  type SavedModel,
  schedules,
} from 'digit-classifier';
import {
  artifacts,
  composeExports,
  composeFiles,
  composePayloads,
  evaluationArtifacts,
  type Files,
  modelExports,
  openModelFile,
  validators,
} from 'digit-classifier/artifacts';
import type { Race } from 'digit-classifier/bench';
import { version } from 'digit-classifier/package.json';
import { pictureFeatureNames } from 'digit-classifier/pictures';
import type { ColumnNamesOptions, DatasetOptions, OnRead } from 'digit-classifier/tables';
import { type Cell, cellsOf } from './cells.js';
import { tableWords, trainingCommand } from './command.js';
import type { Replay } from './learn/replay.js';
import { type Lesson, lessonsAsCsv, missingLessons } from './lessons.js';
import { type MeanContributions, meanContributionsOf } from './mean-contributions.js';
import { counted } from './quantity.js';
import { type Subject, testModel } from './subject.js';
import { prepareTraining, type Report, runTraining, type Settings, type Training } from './training.js';
import { trustAddresses } from './trusted-addresses.js';

/** Summary of a table for the page; its rows stay in the worker. */
export interface TableSummary {
  readonly name: string;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Whether they are the handwritten digits, whose defaults are others. */
  readonly isDigits: boolean;
  /** What was decided about each column besides the labels. */
  readonly columns: readonly ColumnAccount[];
  /** What the reader skipped or found out, a sentence each. */
  readonly notes: readonly string[];
  /** What the visitor can teach by drawing. */
  readonly teaches?: 'digits' | 'symbols';
}

/** The result of a training. */
export interface Outcome {
  readonly subject: Subject;
  /** Number of epochs left if the training was stopped, else 0. */
  readonly left: number;
}

/** A row of the table. */
export interface Row {
  /** Index in the table, from 0. */
  readonly row: number;
  readonly cells: readonly Cell[];
  readonly label: string;
}

/** A row that a model was tested on. */
export interface SampleRow extends Row {
  /** Whether it is known that the model was not trained on this row. */
  readonly isHeldOut: boolean;
}

/** Draws the chart with a file name, from the given data, as a PNG. */
type Draw = Parameters<typeof composeFiles>[2]['draw'];

/** An open table. */
interface Table {
  readonly name: string;
  /** Flags with which the command line reads the same table. */
  readonly words: readonly string[];
  readonly dataset: LoadedDataset;
  /** Drawings that are trained on, besides the rows. */
  readonly lessons?: readonly Lesson[];
  /** The table as a file, if the visitor can't have it from elsewhere. */
  readonly file?: { readonly name: string; readonly text: string };
  readonly teaches?: 'digits' | 'symbols';
}

/** The test of the current model. */
interface CurrentTest {
  readonly dataset: LoadedDataset;
  readonly test: Evaluation;
  readonly areHeldOut: boolean;
}

/** The current model and its artifacts. */
interface Current {
  readonly payloads: Subject['payloads'];
  readonly model: Model;
  /** Version of the program that trained the model. */
  readonly version: string;
}

/** Multiply-adds of an artifact that every training may take: about half a second. */
const QUICK_PRODUCTS = 2 ** 32;

/** Epochs of each core per round of a race. */
const RACE_EPOCHS = 5;

/** The readers of tables, which most visitors do not need. */
const loadReaders = () => import('digit-classifier/tables');

class PageWorker {
  #table: Table | undefined;
  #stopped: Training | undefined;
  /** The training that the tab Learn shows: the last one that began on this table. */
  #watched: Training | undefined;
  #tested: CurrentTest | undefined;
  #current: Current | undefined;
  #controller = new AbortController();
  #reading = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /** The formats of tables that can be read. */
  async formats(): Promise<readonly string[]> {
    return (await loadReaders()).formats;
  }

  /** @param lessons drawings to train on, besides the digits */
  async openDigits(lessons: readonly Lesson[]): Promise<TableSummary> {
    return this.#start(async () =>
      this.#use({
        name: 'Handwritten digits',
        words: [],
        dataset: await loadDigits(),
        lessons,
        teaches: 'digits',
      }),
    );
  }

  /**
   * Opens drawings as a table of their own.
   *
   * @throws Error if there are too few of them
   */
  async openSymbols(lessons: readonly Lesson[]): Promise<TableSummary> {
    return this.#start(async () => {
      this.#table = undefined;
      const missing = missingLessons(lessons);
      if (missing !== '') throw new Error(missing);
      const rows = lessons.map(({ cells }) => cells);
      const labels = lessons.map(({ label }) => label);
      const dataset = datasetOf(rows, labels, pictureFeatureNames);
      const file = { name: 'symbols.csv', text: lessonsAsCsv(lessons, pictureFeatureNames) };
      return this.#use({
        name: 'Your own symbols',
        words: ['--data', file.name],
        dataset,
        file,
        teaches: 'symbols',
      });
    });
  }

  /** @throws TableError if the file is not a table, or does not match the options */
  async openTable(file: File, options: DatasetOptions, onRead: OnRead): Promise<TableSummary> {
    this.stopReading();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const { readTable } = await loadReaders();
    const dataset = await readTable(file, { ...options, signal, onRead });
    // Only now does the current task end: it went on while the table was being read.
    return this.#start(async () => this.#use({ name: file.name, words: tableWords(file, options), dataset }));
  }

  stopReading(): void {
    this.#reading.abort();
  }

  #use(table: Table): TableSummary {
    this.#table = table;
    this.#stopped = this.#watched = undefined;
    const { features, classes, isDigits = false, notes = [] } = table.dataset;
    return {
      name: table.name,
      rows: features.rows,
      features: features.columns,
      classes: classes.length,
      isDigits,
      columns: columnsOf(table.dataset),
      notes,
      ...(table.teaches && { teaches: table.teaches }),
    };
  }

  get #opened(): Table {
    if (this.#table) return this.#table;
    throw new Error('there is no table yet');
  }

  /** Stops the current task: a training, which can be resumed, or a race. */
  stop(): void {
    this.#controller.abort();
  }

  /** Runs one task at a time: stops the current one, and starts the next when it has ended. */
  #start<Result>(task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    const done = this.#last.then(() => task(controller.signal));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Trains from zero weights, to the last epoch or until stopped. */
  async train(settings: Settings, report: Report): Promise<Outcome> {
    // What checks the result is loaded during the training.
    void Promise.allSettled(artifacts.map(({ name }) => validators[name]()));
    return this.#start(async (signal) =>
      this.#run(await prepareTraining(this.#opened, settings), report, signal),
    );
  }

  /** Resumes the training that was stopped. */
  async resume(pace: number, report: Report): Promise<Outcome> {
    return this.#start((signal) => {
      if (!this.#stopped) throw new Error('there is no training to resume');
      return this.#run({ ...this.#stopped, pace }, report, signal);
    });
  }

  /** Resumes the training that was stopped, for one more epoch. */
  async step(report: Report): Promise<Outcome> {
    return this.#start((signal) => {
      if (!this.#stopped) throw new Error('there is no training to resume');
      const until = this.#stopped.history.length + 1;
      return this.#run({ ...this.#stopped, pace: 0, until }, report, signal);
    });
  }

  async #run(training: Training, report: Report, signal: AbortSignal): Promise<Outcome> {
    this.#watched = training;
    const { model, stopped } = await runTraining(training, report, signal);
    const outcome = await this.#conclude(training, model, stopped !== undefined);
    this.#stopped = stopped;
    return outcome;
  }

  async #conclude({ plan, history, rows }: Training, model: Model, isStopped: boolean): Promise<Outcome> {
    this.#stopped = undefined;
    const { dataset, options, sides } = plan;
    // Options record the requested epochs, even if the training converged earlier; but if it was stopped, those trained.
    const trained = history.length;
    const left = isStopped && !model.ending?.converged ? options.epochs - trained : 0;
    const epochs = left > 0 ? trained : options.epochs;
    const run = await concludeRun({ ...plan, options: { ...options, epochs } }, model, history);
    const isRepeatable =
      dataset === this.#opened.dataset &&
      (epochs === options.epochs || !schedules[options.schedule].needsEpochs);
    const quick = artifacts.filter(({ products }) => !products || products(run) <= QUICK_PRODUCTS);
    const payloads = await composePayloads<Run>(quick, run);
    this.#tested = { dataset, test: run.test, areHeldOut: true };
    this.#current = { payloads, model, version };
    const subject = {
      model: payloads.model as SavedModel,
      payloads,
      rows: counted(sides.test.length, 'held-out row'),
      trainedOn: rows,
      ...(isRepeatable && { command: trainingCommand(run, this.#opened.words) }),
    };
    return { subject, left };
  }

  /**
   * Replaces the trained model by that of a `model.json`, and tests it on the open table if it fits.
   *
   * @throws Error if the file is no model
   */
  async openModel(file: File): Promise<Subject> {
    const saved = await openModelFile(file.name, await file.text());
    return this.#start(async () => {
      const { dataset } = this.#opened;
      const test = await testModel(saved, dataset);
      const payloads = {
        ...(test && (await composePayloads(evaluationArtifacts, test.tested))),
        model: saved,
      };
      this.#stopped = this.#watched = undefined;
      this.#tested = test && { dataset, test: test.tested.test, areHeldOut: test.areHeldOut };
      this.#current = { payloads, model: restoreModel(saved), version: saved.version ?? version };
      return {
        model: saved,
        payloads,
        ...(test && {
          rows: counted(test.tested.test.rows.length, test.areHeldOut ? 'held-out row' : 'row'),
        }),
      };
    });
  }

  /** The tested rows of a cell of the confusion matrix, `limit` at most. */
  rowsOf(actual: number, predicted: number, limit: number): Row[] {
    if (!this.#tested) return [];
    const { dataset, test } = this.#tested;
    const found = test.rows.filter((_, i) => test.labels[i] === actual && test.predictions[i] === predicted);
    return Array.from(found.subarray(0, limit), (row) => rowAt(dataset, row));
  }

  /** A random row of the test; undefined if the model was not tested. */
  sample(): SampleRow | undefined {
    if (!this.#tested) return undefined;
    const { dataset, test, areHeldOut: isHeldOut } = this.#tested;
    const { rows } = test;
    return { ...rowAt(dataset, rows[Math.floor(Math.random() * rows.length)]), isHeldOut };
  }

  /** All files of the current model; for a run, those that the command writes. */
  async files(draw: Draw): Promise<Files> {
    if (!this.#current) throw new Error('there is no model yet');
    const { payloads, model, version } = this.#current;
    const { file } = this.#table ?? {};
    const heldOut = this.#tested?.areHeldOut ? this.#tested.test : undefined;
    return new Map([
      ...(file ? [[file.name, file.text] as const] : []),
      ...(await composeFiles(artifacts, payloads, { draw, findFonts: async () => () => true })),
      ...(await composeExports(modelExports, model, version, heldOut)),
    ]);
  }

  /** Races the core against the same algorithm in JavaScript, on a table of the same size as the open one, until stopped. */
  async race(rounds: number, report: (race: Race) => void): Promise<void> {
    return this.#start(async (signal) => {
      const { features, classes } = this.#opened.dataset;
      const { scaler } = await fitInputs(features, everyRow(features));
      const shape = { rows: features.rows, features: scaler.mean.length, classes: classes.length };
      const { loadRacers, race } = await import('digit-classifier/bench');
      const racers = await loadRacers(1, 'deterministic');
      try {
        const options = { epochs: RACE_EPOCHS, repeats: rounds, signal };
        for await (const known of race(shape, racers, options)) report(known);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    });
  }

  /** The names of the columns of a table that is not open yet; undefined if they have none. */
  async columnNames(file: File, options: ColumnNamesOptions): Promise<readonly string[] | undefined> {
    return (await loadReaders()).readColumnNames(file, options);
  }

  /** What features contribute to each class, on average over the tested rows; undefined if the model was not tested. */
  async meanContributions(): Promise<MeanContributions | undefined> {
    if (!this.#tested || !this.#current) return undefined;
    const { dataset, test, areHeldOut } = this.#tested;
    return { ...(await meanContributionsOf(this.#current.model, dataset, test)), areHeldOut };
  }

  /** What the tab Learn asks of the last training; its code is loaded when the tab is opened. */
  async replay(): Promise<Replay & ProxyMarked> {
    const { createReplay } = await import('./learn/replay.js');
    return proxy(
      createReplay(
        () => this.#watched && { training: this.#watched, isStopped: this.#stopped !== undefined },
        () => this.#opened.dataset,
      ),
    );
  }
}

export type { PageWorker };

function rowAt({ features, labels, classes }: LoadedDataset, row: number): Row {
  return { row, cells: cellsOf(features, row), label: classes[labels[row]] };
}

trustAddresses();
expose(new PageWorker());
// Loaded ahead, while the page gets ready. If that fails, whoever needs them loads them again, and says so.
void Promise.allSettled([loadCore(), loadDigits()]);
