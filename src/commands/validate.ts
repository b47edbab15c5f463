import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { inspect, schemaNames } from '../files/inspection.js';
import { formatFindings, summariseFindings } from '../terminal/findings.js';
import { jsonText } from '../text.js';

export default class Validate extends Command {
  static override summary = 'Check artifacts against their schemas and against each other.';

  static override description = [
    'Takes files, and folders whose artifacts are checked; other files in a folder are skipped. The name of a file ' +
      'determines its schema: metrics.json is checked against that of metrics. Files in the same folder are taken to ' +
      'be of one run, and must agree on accuracies, classes and epochs.',
    'Prints a line per file to stdout, "ok PATH" or "failed PATH: /JSON/POINTER what is wrong", or with --json a ' +
      'single JSON object. Exit codes: 0 all are valid, 1 one is not, 2 wrong flags, 130 interrupted.',
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
        `schema of the given files, whatever their names: ${schemaNames.join(', ')}; each is then checked on its own, and ` +
        'in folders the names still decide',
    }),
    json: Flags.boolean({ description: 'print one JSON object instead of lines' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const findings = await inspect(args.path, flags.schema);
    const result = summariseFindings(findings);
    process.stdout.write(flags.json ? `${jsonText(result, 2)}\n` : formatFindings(findings));
    if (!result.valid) process.exitCode = 1;
  }
}
