import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { readModel } from '../terminal/model-file.js';
import { describeModel, formatModel } from '../terminal/model-report.js';
import { jsonText } from '../text.js';

export default class Info extends Command {
  static override summary = 'Say what a saved model is.';

  static override description = [
    'Tells of a model written by digits train --save-model its classes and columns, the options of its training that differ ' +
      'from the defaults, how the training ended, its accuracies, and the features with the largest weights for each class.',
    'Prints text to stdout, or with --json a single JSON object. Exit codes: 0 done, 1 the file is no model, ' +
      '2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts/model.json',
    "<%= config.bin %> <%= command.id %> artifacts/model.json --json | jq '.largest_weights.setosa[0]'",
  ];

  static override args = {
    model: Args.string({ required: true, description: 'a model.json' }),
  };

  static override flags = {
    json: Flags.boolean({ description: 'print one JSON object instead of text' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Info);
    const { saved } = await readModel(args.model, [], (file) => ['info', file]);
    const info = describeModel(saved);
    process.stdout.write(flags.json ? `${jsonText(info, 2)}\n` : formatModel(info));
  }
}
