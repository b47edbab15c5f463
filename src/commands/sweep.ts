import { join } from 'node:path';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { composeArtifact, fileNames } from '../artifacts/bundle.js';
import { startDrawing } from '../artifacts/drawing.js';
import { describeOptions } from '../artifacts/model.js';
import { nameOf, rankCandidates, sweep } from '../artifacts/sweep.js';
import { checkTargets, writeBundle } from '../artifacts/writer.js';
import { datasetSha256 } from '../data/checksum.js';
import { loadDigits } from '../data/digits.js';
import type { Sweep as SweepPayload } from '../generated/payloads.js';
import {
  decimalNumber,
  foldCount,
  folder,
  properShare,
  requireOneInput,
  tableOptions,
  threadCount,
  wholeNumber,
} from '../terminal/flags.js';
import { noProgress, readTableInSight, trialProgress } from '../terminal/progress.js';
import { formatSweep } from '../terminal/summary.js';
import { dataFlag, tableFlags } from '../terminal/table-flags.js';
import {
  givenTrainingFlags,
  parseTrainingFlag,
  requireHarmony,
  type TrainingFlagName,
  type TrainingOptions,
  trainingFlagNames,
  trainingFlags,
  trainingOptions,
} from '../terminal/training-flags.js';
import { employTrials, foldTrials } from '../terminal/trials.js';
import {
  type Choice,
  type Combination,
  drawCombinations,
  everyCombination,
  type Range,
} from '../trials/combinations.js';
import { summariseFolds } from '../trials/cross-validation.js';
import { openJournal } from '../trials/journal.js';
import { isDiverged, type TrialResult } from '../trials/trial.js';

const MAX_UINT32 = 2 ** 32 - 1;
const MAX_CANDIDATES = 10_000;
/** The trials that are finished, in the folder of the artifacts. */
const JOURNAL = 'sweep.trials.jsonl';

/** Flags whose ranges are drawn as whole numbers; an even number takes a --grid. */
const wholeFlags: readonly string[] = ['epochs', 'batch-size'];

export default class Sweep extends Command {
  static override summary = 'Try options of training, cross-validated, and tell which do best.';

  static override description = [
    'Trains every combination of the values of --grid, or --random N draws from them and from --range, on each fold but ' +
      'one of the training rows, and tests it on that one. The rows that --test-split holds out take no part: ' +
      'digits train with the best options tests on them.',
    'Finished trainings are kept in sweep.trials.jsonl in the output folder: a sweep that was interrupted, or that is ' +
      'asked for more, goes on from there and repeats none. Delete the file to begin anew.',
    'stdout carries one JSON object: the best options, their accuracy and the names of the files. Exit codes: 0 done, ' +
      '1 the sweep failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> --grid learning-rate=0.05,0.1,0.5 --grid l2=0,1e-3',
    '<%= config.bin %> <%= command.id %> --solver lbfgs --random 20 --range l2=1e-5..0.1 --folds 10',
    '<%= config.bin %> <%= command.id %> --features rbf --grid components=512,1024,2048 --grid gamma=0.1,0.2,0.4',
    '<%= config.bin %> <%= command.id %> --data iris.csv --label species --grid solver=gd,momentum,adam',
  ];

  static override flags = {
    grid: Flags.string({
      helpValue: 'NAME=V,V…',
      multiple: true,
      description:
        'values of a training option to try, by the name of its flag without dashes; several make all combinations',
    }),
    range: Flags.string({
      helpValue: 'NAME=A..B',
      multiple: true,
      description:
        'numbers to draw from with --random, A and B among them: evenly by their logarithm, or evenly where A is 0; to ' +
        'three significant digits',
    }),
    random: wholeNumber({
      helpValue: 'N',
      min: 1,
      max: MAX_CANDIDATES,
      description:
        'combinations to draw by the seed, 1 to 10000; more draws begin with the same [default: all of --grid]',
    }),
    folds: foldCount({
      default: 5,
      description: 'folds of the training rows, 2 to 100: each combination is trained once for each',
    }),
    data: dataFlag,
    ...tableFlags,
    'output-dir': folder({
      default: './artifacts',
      description: 'folder for sweep.json, sweep.png and the finished trainings; created with its parents',
    }),
    ...trainingFlags,
    'test-split': decimalNumber({
      helpValue: 'X',
      default: 0.2,
      range: properShare,
      description: 'share of each class that takes no part, above 0 and below 1',
    }),
    seed: wholeNumber({
      helpValue: 'N',
      default: 13,
      min: 0,
      max: MAX_UINT32,
      description: 'seed of the split, the folds, the draws and all else that is random, 0 to 4294967295',
    }),
    threads: threadCount({
      description: 'trainings at the same time, 1 to 8, with the same result [default: as many as can work]',
    }),
  };

  async run(): Promise<void> {
    const { flags, metadata } = await this.parse(Sweep);
    const given = givenTrainingFlags(flags, metadata);
    const combinations = await combinationsOf(flags, given);
    const candidates = combinations.map((values) => {
      const options = trainingOptions({ ...flags, ...values });
      requireHarmony(options, [...given, ...(Object.keys(values) as TrainingFlagName[])]);
      return { values, options };
    });
    const astray = Object.keys(tableFlags).find((name) => flags[name] !== undefined);
    if (flags.data === undefined && astray !== undefined) {
      this.error(`--${astray} tells how to read a table: expected --data beside it`);
    }
    requireOneInput([flags.data, flags.labels]);
    const directory = flags['output-dir'];
    const files = fileNames([sweep]);
    await checkTargets(directory, files);

    const reading = { ...tableOptions(flags), drop: flags.drop ?? [] };
    const dataset =
      flags.data === undefined ? await loadDigits() : await readTableInSight(flags.data, reading);
    const { folds, seed, 'test-split': testSplit } = flags;
    const sha256 = await datasetSha256(dataset);
    const table =
      flags.data !== undefined && flags.data !== '-' ? { path: flags.data, options: reading } : undefined;
    const data = { sha256, ...(table && { table }), testSplit, seed };
    const journal = await openJournal(join(directory, JOURNAL));
    const trials = candidates.map(({ options }) => foldTrials(data, { ...options, seed }, folds));
    const left = trials.flat().filter((trial) => !journal.find(trial)).length;
    const resumed = trials.flat().length - left;
    const staff = employTrials(dataset, Math.max(1, left), flags.threads);
    const progress = process.stderr.isTTY ? trialProgress(trials.flat().length) : noProgress;
    let finished = resumed;
    let best = { accuracy: -1, name: 'none yet' };
    try {
      const results = await Promise.all(
        trials.map(async (ofCandidate, index) => {
          const results = await Promise.all(
            ofCandidate.map(async (trial): Promise<TrialResult> => {
              const known = journal.find(trial);
              if (known) return known;
              const result = await staff.run(trial);
              await journal.record(trial, result);
              progress.advance({ finished: ++finished, best: best.name });
              return result;
            }),
          );
          const accuracy = summaryOf(results)?.accuracy.mean ?? -1;
          if (accuracy > best.accuracy) {
            const words = nameOf(underscored(candidates[index].values));
            best = { accuracy, name: `${(100 * accuracy).toFixed(2)} % with ${words}` };
          }
          return results;
        }),
      );
      const tried = results.map((ofCandidate, index) => {
        const summary = summaryOf(ofCandidate);
        return {
          options: underscored(candidates[index].values),
          folds: ofCandidate,
          ...(summary && { summary }),
        };
      });
      progress.stop();
      const ranked = rankCandidates(tried);
      const winner = ranked.findIndex(({ rank }) => rank === 1);
      if (winner < 0) {
        throw new Error(
          'every training diverged: expected a smaller learning rate in one combination at least',
        );
      }
      const words = wordsOf({ ...flags, ...candidates[winner].values }, [
        ...given,
        ...(Object.keys(candidates[winner].values) as TrainingFlagName[]),
      ]);
      const trainFlags = [
        ...(flags.data === undefined ? [] : ['--data', flags.data]),
        ...words,
        ...['--test-split', String(testSplit), '--seed', String(seed)],
      ];
      const payload: SweepPayload = {
        version: this.config.version,
        data_sha256: sha256,
        options: {
          ...commonOptions(candidates[0].options, candidates[0].values),
          folds,
          seed,
          test_split: testSplit,
        },
        varied: Object.keys(underscored(candidates[0].values)),
        best: winner,
        train_flags: trainFlags,
        candidates: ranked,
      };
      const drawing = startDrawing();
      try {
        await writeBundle(directory, await composeArtifact(sweep, payload, drawing));
      } finally {
        drawing.close();
      }
      const { accuracy, cross_entropy } = ranked[winner];
      const summary = {
        best: ranked[winner].options,
        accuracy,
        cross_entropy,
        candidates: ranked.length,
        trainings: { done: left, resumed },
        train: `digits train ${trainFlags.join(' ')}`,
        artifacts: files,
      };
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      if (process.stderr.isTTY) process.stderr.write(formatSweep(payload, directory, files));
    } finally {
      progress.stop();
      staff.close();
      await journal.close();
    }
  }
}

/** The names with _ for -, as JSON has them. */
function underscored(values: Combination): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

function summaryOf(results: readonly TrialResult[]) {
  const scores = results.flatMap((result) => (isDiverged(result) ? [] : result));
  return scores.length === results.length ? summariseFolds(scores) : undefined;
}

/** What candidates have in common, as `model.json` has it. */
function commonOptions(options: TrainingOptions, varied: Combination) {
  const names = Object.keys(underscored(varied));
  return Object.fromEntries(
    Object.entries(describeOptions(options)).filter(([name]) => !names.includes(name)),
  );
}

/** Flags and their values, as one would type them. */
function wordsOf(values: Readonly<Record<string, unknown>>, names: readonly TrainingFlagName[]): string[] {
  return names.flatMap((name) => [`--${name}`, String(values[name])]);
}

/**
 * The combinations that --grid, --range and --random ask for.
 *
 * @param fixed flags that have one value
 * @throws CLIError where they do not go together, or have values that their flags would not take
 */
async function combinationsOf(
  {
    grid = [],
    range = [],
    random,
    seed,
  }: { grid?: string[] | undefined; range?: string[] | undefined; random?: number | undefined; seed: number },
  fixed: readonly TrainingFlagName[],
): Promise<Combination[]> {
  const choices = await Promise.all(grid.map((text) => choiceOf(text)));
  const ranges = await Promise.all(range.map((text) => rangeOf(text)));
  const axes = [...choices, ...ranges];
  for (const [index, { name }] of axes.entries()) {
    if (axes.findIndex((other) => other.name === name) < index) throw new CLIError(`${name} is varied twice`);
    if (fixed.some((flag) => flag === name)) {
      throw new CLIError(`--${name} has one value for all: expected it there, or in --grid or --range`);
    }
  }
  if (axes.length === 0) {
    throw new CLIError(
      'there is nothing to try: expected --grid NAME=V,V…, or --random N with --range NAME=A..B',
    );
  }
  if (random !== undefined) return drawCombinations(axes, random, seed);
  if (ranges.length > 0) throw new CLIError('--range is drawn from: expected --random N beside it');
  const size = choices.reduce((product, { values }) => product * values.length, 1);
  if (size > MAX_CANDIDATES) {
    throw new CLIError(
      `--grid makes ${size} combinations, expected ${MAX_CANDIDATES} at most: draw some by --random`,
    );
  }
  return everyCombination(choices);
}

async function choiceOf(text: string): Promise<Choice> {
  const [name, list] = assigned('grid', text);
  const texts = list.split(',');
  const values = await Promise.all(texts.map((value) => parseValue('grid', name, value)));
  if (new Set(values).size < values.length) throw new CLIError(`--grid ${text}: a value is there twice`);
  return { name, values };
}

async function rangeOf(text: string): Promise<Range> {
  const [name, ends] = assigned('range', text);
  const [from, to, ...more] = ends.split('..');
  if (to === undefined || more.length > 0) {
    throw new CLIError(`--range ${text}: expected two numbers with .. between them, as in l2=1e-6..0.1`);
  }
  const [lowest, highest] = await Promise.all([from, to].map((end) => parseValue('range', name, end)));
  if (typeof lowest !== 'number' || typeof highest !== 'number' || name === 'components') {
    throw new CLIError(`--range ${text}: expected an option of numbers of any size; give ${name} by --grid`);
  }
  if (!(lowest < highest)) throw new CLIError(`--range ${text}: expected the smaller number first`);
  return { name, lowest, highest, isWhole: wholeFlags.includes(name) };
}

function assigned(flag: string, text: string): [name: TrainingFlagName, values: string] {
  const [, name, values] = /^([a-z0-9-]+)=(.*)$/s.exec(text) ?? [];
  const known = trainingFlagNames.find((option) => option === name);
  if (known !== undefined) return [known, values];
  const found = name === undefined ? JSON.stringify(text) : name;
  throw new CLIError(
    `--${flag}: expected NAME=… with a name of ${trainingFlagNames.join(', ')}, found ${found}`,
  );
}

async function parseValue(flag: string, name: TrainingFlagName, text: string): Promise<number | string> {
  try {
    const value = await parseTrainingFlag(name, text);
    if (value !== undefined) return value;
    throw new CLIError('expected a value');
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Parsing --[\w-]+\s*/, '').split('\n')[0] : error;
    throw new CLIError(`--${flag} ${name}: ${String(reason).trim()}`);
  }
}
