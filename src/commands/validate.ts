import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { inspect } from '../artifacts/inspection.js';
import { schemaNames } from '../artifacts/schemas.js';
import { formatFindings, summariseFindings } from '../terminal/findings.js';

export default class Validate extends Command {
  static override summary = 'Hold artifacts against their schemas and against each other.';

  static override description = [
    'Takes files, and folders for the artifacts in them; other files of a folder are skipped. A file belongs to ' +
      'the schema of its name, as metrics.json to that of metrics. Files of one folder are taken for one run, and ' +
      'must agree: accuracies, classes, epochs.',
    'stdout carries a line for each file, "ok PATH" or "failed PATH: /JSON/POINTER what is wrong", with --json ' +
      'one JSON object. Exit codes: 0 all are valid, 1 one is not, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts',
    '<%= config.bin %> <%= command.id %> artifacts/metrics.json artifacts/model.json',
    '<%= config.bin %> <%= command.id %> --schema model best-so-far.json',
    "<%= config.bin %> <%= command.id %> artifacts --json | jq '.files[] | select(.valid | not)'",
  ];

  static override args = {
    path: Args.string({
      multiple: true,
      required: true,
      description: 'a file, or a folder with artifacts',
    }),
  };

  static override flags = {
    schema: Flags.string({
      helpValue: 'NAME',
      options: [...schemaNames],
      description:
        `schema of the files, for those whose names do not tell it: ${schemaNames.join(', ')}; such a file is not ` +
        'held against others, and folders still go by the names of their files',
    }),
    json: Flags.boolean({ description: 'print one JSON object instead of lines' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const findings = await inspect(args.path, flags.schema);
    const result = summariseFindings(findings);
    process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : formatFindings(findings));
    if (!result.valid) process.exitCode = 1;
  }
}
