import { resolve } from 'node:path';
// The package exports nothing: oclif would load it installed, here it is bundled.
import Plugin from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js';
import { scriptPaths, shellOf, startupLine } from '../../terminal/completion.js';

/** oclif's command, whose line also works where the path of the script has a blank, or is relative. */
export default class Script extends Plugin {
  override async run(): Promise<void> {
    const { args } = await this.parse(Plugin);
    const shell = shellOf(args.shell ?? this.determineShell(this.config.shell));
    this.log(startupLine(shell, resolve(this.autocompleteCacheDir, ...scriptPaths[shell])));
  }
}
