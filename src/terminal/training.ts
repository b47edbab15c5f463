/** What `digits train` does before it writes anything: it reads, trains, tests, and makes the files. */
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import type * as Interfaces from '@oclif/core/interfaces';
import type { AnyRunArtifact } from '../artifacts/artifact.js';
import {
  addManifest,
  composeBundle,
  composeDocuments,
  composePayloads,
  type Files,
  fileNames,
  withRunId,
} from '../artifacts/bundle.js';
import { crossValidation } from '../artifacts/cross-validation.js';
import type { RunDocument } from '../artifacts/document.js';
import { recordOf } from '../artifacts/manifest.js';
import { artifacts, documents } from '../artifacts/registry.js';
import { report } from '../artifacts/report.js';
import type { Reported } from '../artifacts/report-page.js';
import type { ImageFormat } from '../charts/chart.js';
import type { Dataset } from '../data/dataset.js';
import { loadDigits } from '../data/digits.js';
import type { ModelExport } from '../exports/export.js';
import { composeExports, modelExports } from '../exports/registry.js';
import type { Drawing } from '../files/drawing.js';
import { exitOnSignals } from '../files/signals.js';
import { type Options, settleForAnyRows } from '../model/options.js';
import type { Epoch } from '../model/training/train.js';
import { completeRun, MAX_RECORDED_EPOCHS, planRun, type Run, type RunPlan } from '../run/run.js';
import { describeData, runCrossValidation, trialsOf } from '../trials/cross-validation.js';
import type { QueueAddress } from '../trials/staffs/queue/server.js';
import type { Trial } from '../trials/trial.js';
import { artifactFlags, documentFlags, exportFlag, imagesFlag } from './artifact-flags.js';
import { ignoreFlag, sweepFlag } from './check-flags.js';
import { foldCount, isInteractive, quiet, threadCount } from './flags.js';
import {
  epochProgress,
  noProgress,
  type ProgressBar,
  readingProgress,
  readTableWithProgress,
  type TrialsDone,
  trialProgress,
} from './progress.js';
import { queueFlags, queueOf } from './queue-flags.js';
import { storageFlags, storageOptions } from './storage-flags.js';
import { readSweep } from './sweep-file.js';
import { dataFlag, splitFault, tableFlags, tableOf } from './table-flags.js';
import { allOptionFlags, checkFlagCombination, checkFlagsForClasses, optionsIn } from './training-flags.js';
import { startStaff, tableLocation } from './trials.js';

const registry: readonly AnyRunArtifact<object>[] = artifacts;
const documentRegistry: readonly RunDocument[] = documents;

/** Flags that determine a run and its files. */
export const runFlags = {
  data: dataFlag,
  ...tableFlags,
  ...allOptionFlags,
  folds: foldCount({
    description:
      'also cross-validate on K folds of the training rows, 2 to 100: each fold is tested with a model trained on the ' +
      `others; adds ${crossValidation.name}.json, ${crossValidation.picture}`,
  }),
  ...artifactFlags(registry),
  ...documentFlags(documentRegistry),
  images: imagesFlag,
  export: exportFlag(modelExports),
  report: Flags.boolean({ description: `${report.description} (${report.file})` }),
  ignore: ignoreFlag,
  sweep: sweepFlag,
};

/** Flags that change neither the run nor its files. */
export const conductFlags = {
  threads: threadCount({
    description:
      'threads to train on, 1 to 8; any number gives the same result to the last bit, and a table too small to share ' +
      'among them, such as the digits, uses fewer [default: as many as save more time than they take to start]',
  }),
  ...storageFlags,
  quiet,
  ...queueFlags,
};

type RunFlags = Interfaces.InferredFlags<typeof runFlags>;
type ConductFlags = Interfaces.InferredFlags<typeof conductFlags>;

/** What a command line asks for, checked as far as that can be done before the table is read. */
export interface TrainingPlan {
  readonly given: Options;
  readonly table: ReturnType<typeof tableOf>;
  readonly folds: number | undefined;
  readonly artifacts: readonly AnyRunArtifact<object>[];
  /** The formats of pictures. */
  readonly images: readonly ImageFormat[];
  readonly documents: readonly RunDocument[];
  readonly exports: readonly ModelExport[];
  /** If a report was asked for, the checks that it leaves out, and the path of the sweep that they look at. */
  readonly report?: { readonly ignored: readonly string[]; readonly sweep: string | undefined };
  /** Names of the files that it will have, sorted. */
  readonly files: readonly string[];
  /** The words of the command line that determine the run. */
  readonly asked: readonly string[];
}

/** How a training is carried out. */
export interface Conduct {
  readonly threads: number | undefined;
  /** Where the trainings of folds are run, if not here. */
  readonly queue?: QueueAddress | undefined;
  readonly storage: ReturnType<typeof storageOptions>;
  readonly isInteractive: boolean;
  readonly drawing: Drawing;
}

/** A finished training, with its files. */
export interface Training {
  readonly run: Run;
  /** Seconds of training. */
  readonly duration: number;
  readonly files: Files;
}

/** A word of a command line that has been parsed, as oclif tells it. */
type Token = Interfaces.ParserOutput['raw'][number];

/**
 * Checks the flags.
 *
 * @param tokens all words of the command line
 * @throws CLIError if flags contradict each other
 */
export function planTraining(flags: RunFlags, tokens: readonly Token[]): TrainingPlan {
  const asked = registry
    .filter(({ flag }) => flag === undefined || Reflect.get(flags, flag) === true)
    .concat(flags.folds === undefined ? [] : [crossValidation]);
  const given = optionsIn(flags);
  checkRecordable(asked, settleForAnyRows(given, { isDigits: flags.data === undefined }).epochs);
  checkFlagCombination(given);
  if (!flags.report && (flags.ignore || flags.sweep !== undefined)) {
    throw new CLIError(
      `--${flags.ignore ? 'ignore' : 'sweep'} is about the checks of the report: expected --report with it`,
    );
  }
  const documents = documentRegistry.filter(({ flag }) => Reflect.get(flags, flag) === true);
  const exports = modelExports.filter(({ format }) => flags.export?.includes(format));
  return {
    given,
    table: tableOf(flags),
    folds: flags.folds,
    artifacts: asked,
    images: flags.images,
    documents,
    exports,
    files: [
      ...fileNames(asked, flags.images),
      ...[...documents, ...exports, ...(flags.report ? [report] : [])].map(({ file }) => file),
    ].sort(),
    ...(flags.report && { report: { ignored: flags.ignore ?? [], sweep: flags.sweep } }),
    asked: ['train', ...tokens.flatMap(wordsOf)],
  };
}

/**
 * How a training is carried out.
 *
 * @throws CLIError if a queue is asked for where nothing could be put into it, or can't be told
 */
export async function conductOf(
  flags: ConductFlags,
  { folds }: TrainingPlan,
  drawing: Drawing,
): Promise<Conduct> {
  const queue = await queueOf(flags);
  if (queue && folds === undefined) {
    throw new CLIError('--queue is for the trainings of folds: expected --folds with it');
  }
  return {
    threads: flags.threads,
    queue,
    storage: storageOptions(flags),
    isInteractive: isInteractive(flags),
    drawing,
  };
}

/** The words of a flag that determines the run, as they can be given again. */
function wordsOf(token: Token): string[] {
  if (token.type !== 'flag' || !Object.hasOwn(runFlags, token.flag)) return [];
  const { flag, input } = token;
  if (Reflect.get(runFlags, flag).type === 'boolean') return [input];
  return input.startsWith('-') && input !== '-' ? [`--${flag}=${input}`] : [`--${flag}`, input];
}

/**
 * Reads the table, trains, tests, and makes the files, the manifest among them.
 *
 * @throws Error that says what is wrong with the table, or why the training failed
 */
export async function completeTraining(plan: TrainingPlan, conduct: Conduct): Promise<Training> {
  const { table, artifacts, images, documents, exports, asked } = plan;
  const { threads, storage, isInteractive, drawing } = conduct;
  const dataset = table
    ? await readTableWithProgress(
        table.path,
        // Documents and reports name rows as people find them.
        { ...table.options, ...storage, ...((documents.length > 0 || plan.report) && { places: true }) },
        isInteractive ? readingProgress() : noProgress,
      )
    : await loadDigits();
  const planned = await planAll(dataset, plan).catch((error) => {
    throw splitFault(error, table?.path, dataset);
  });
  const { trained, duration } = await trainWithProgress(planned.plan, threads, isInteractive);
  const crossValidation = planned.trials && (await crossValidate(dataset, planned.trials, conduct));
  const run: Run = { ...trained, ...(crossValidation && { crossValidation }) };
  const record = await recordOf(run, { asked, file: table?.path });
  const files = new Map([
    ...(await composeExports(exports, run.model, run.version, run.test)),
    ...(await composeDocuments(documents, run)),
    ...(await composeBundle(artifacts, run, withRunId({ ...drawing, images }, record))),
  ]);
  if (plan.report) files.set(report.file, await report.compose(await reportedOf(run, plan, drawing)));
  return { run, duration, files: await addManifest(files, record) };
}

/** What the report of a run is made from. It has all pictures that the run can have, but for those with times, which always differ. */
async function reportedOf(run: Run, plan: TrainingPlan, { draw, findFonts }: Drawing): Promise<Reported> {
  const { given, asked, report: { ignored = [], sweep = undefined } = {} } = plan;
  const shown = registry
    .filter(
      ({ chart, everyEpoch, isMeasured }) => chart && !isMeasured && (!everyEpoch || run.history.length > 0),
    )
    .concat(run.crossValidation ? [crossValidation] : []);
  return {
    run,
    asked: given,
    words: asked,
    ignored,
    artifacts: shown,
    payloads: await composePayloads(shown, run),
    draw,
    findFonts,
    ...(sweep !== undefined && { sweep: await readSweep(sweep, run.dataset) }),
  };
}

/** @throws CLIError if an artifact records every epoch, and there are too many to record */
function checkRecordable(asked: typeof registry, epochs: number): void {
  const recorded = asked.find(({ everyEpoch }) => everyEpoch);
  if (recorded?.flag && epochs > MAX_RECORDED_EPOCHS) {
    throw new CLIError(
      `--${recorded.flag} records every epoch: expected at most ${MAX_RECORDED_EPOCHS} of them, ` +
        `found --epochs ${epochs}`,
    );
  }
}

/** The plan of the run, and the trials of its folds if there are any: faults of either are found before any training. */
async function planAll(
  dataset: Dataset,
  { given, folds, table }: TrainingPlan,
): Promise<{ plan: RunPlan; trials?: Trial[] }> {
  checkFlagsForClasses(dataset, given);
  const plan = planRun(dataset, given);
  if (folds === undefined) return { plan };
  const data = await describeData(dataset, given, folds, tableLocation(table));
  return { plan, trials: trialsOf(data, settleForAnyRows(given, dataset), folds) };
}

/**
 * Trains and tests, and shows the progress of the epochs, then that of the trainings on folds, if there are any.
 *
 * @returns the run, and the seconds of training
 */
export async function trainWithProgress(
  plan: RunPlan,
  threads: number | undefined,
  isInteractive: boolean,
): Promise<{ trained: Run; duration: number }> {
  let duration = 0;
  const epochs = isInteractive ? epochProgress(plan.options.epochs) : noProgress;
  let folds: ProgressBar<TrialsDone> | undefined;
  const onEpoch = (epoch: Epoch) => {
    duration += epoch.duration;
    epochs.advance(epoch);
  };
  const onFold = (finished: number, count: number) => {
    epochs.stop();
    folds ??= isInteractive ? trialProgress(count) : noProgress;
    folds.advance({ finished });
  };
  const controls = { onEpoch, onFold, ...(threads !== undefined && { threads }) };
  const stopListening = exitOnSignals();
  const trained = await completeRun(plan, controls).finally(() => {
    stopListening();
    epochs.stop();
    folds?.stop();
  });
  return { trained, duration };
}

async function crossValidate(
  dataset: Dataset,
  trials: readonly Trial[],
  { threads, isInteractive, queue }: Conduct,
): Promise<Run['crossValidation']> {
  const bar = isInteractive ? trialProgress(trials.length) : noProgress;
  const staff = await startStaff(dataset, trials.length, { threads, queue }, (workers) =>
    bar.advance({ workers }),
  );
  const onTrial = (finished: number) => bar.advance({ finished });
  return runCrossValidation(trials, staff, onTrial).finally(bar.stop);
}
