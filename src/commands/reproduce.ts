import { existsSync } from 'node:fs';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { loadCore } from '../core/load.js';
import { startDrawing } from '../files/drawing.js';
import { readRun } from '../files/recorded-run.js';
import { type Comparison, compareFiles } from '../files/reproduction.js';
import { version } from '../generated/version.js';
import { settleForAnyRows } from '../model/options.js';
import { file } from '../terminal/flags.js';
import { tell } from '../terminal/notices.js';
import { completeTraining, conductFlags, conductOf, planTraining, runFlags } from '../terminal/training.js';
import { commandLine, jsonText, printable } from '../text.js';

export default class Reproduce extends Command {
  static override summary = 'Repeat a run from its metrics.json, and compare the results bit for bit.';

  static override description = [
    'Trains again as the manifest in metrics.json says, on the same table, and compares all files of the run with those ' +
      'that are made now. Nothing is written. Weights, scores and files are the same on every machine, engine and number ' +
      'of threads, so any difference is named: a changed table, another version of the program, or a changed file.',
    'Prints a line per file to stdout, "same FILE", "differs FILE: what", or "measured FILE" for times, which always ' +
      'differ; with --json a single JSON object. Exit codes: 0 nothing differs, 1 something does or the run failed, ' +
      '2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts',
    '<%= config.bin %> <%= command.id %> artifacts --data where/it/is/now.csv',
  ];

  static override args = {
    run: Args.string({ required: true, description: 'the folder of a run' }),
  };

  static override flags = {
    data: file({ description: 'the table, where it is now [default: as the manifest names it]' }),
    json: Flags.boolean({ description: 'print one JSON object instead of lines' }),
    ...conductFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reproduce);
    const { folder, metrics } = await readRun(args.run);
    const { asked: all, version: before } = metrics.run;
    const [command, ...words] = all;
    if (command !== 'train') {
      throw new Error(
        `${args.run}: is a run of ${commandLine(['digits', ...all.slice(0, 1)])}, expected one of digits train`,
      );
    }
    const { flags: asked, raw } = await this.parse({ flags: runFlags }, words);
    if (asked.data === undefined && flags.data !== undefined) {
      throw new CLIError('--data says where the table is, but this run is on the handwritten digits');
    }
    if (asked.data === '-' && flags.data === undefined) {
      throw new CLIError('this run read its table from standard input: give it with --data');
    }
    const data = flags.data ?? asked.data;
    if (data !== undefined && data !== '-' && !existsSync(data)) {
      throw new Error(
        `${data}: there is no such file: give the table of the run with --data, where it is now`,
      );
    }
    const plan = planTraining({ ...asked, data }, raw);
    await loadCore(settleForAnyRows(plan.given, { isDigits: plan.table === undefined }).arithmetic);
    if (before !== version) {
      tell(`the run is of version ${before}, this is ${version}: results may differ`);
    }
    const drawing = startDrawing();
    try {
      const { files } = await completeTraining(plan, await conductOf(flags, plan, drawing));
      drawing.close();
      const comparisons = await compareFiles(folder, metrics, files);
      const isSame = comparisons.every(({ result }) => result !== 'differs');
      process.stdout.write(
        flags.json
          ? `${jsonText({ reproduced: isSame, files: comparisons }, 2)}\n`
          : comparisons.map((comparison) => `${lineOf(comparison)}\n`).join(''),
      );
      if (!isSame) process.exitCode = 1;
    } finally {
      drawing.close();
    }
  }
}

function lineOf({ result, file, difference }: Comparison): string {
  return printable(difference === undefined ? `${result} ${file}` : `${result} ${file}: ${difference}`);
}
