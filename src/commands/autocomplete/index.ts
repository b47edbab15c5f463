import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createFolder, reasonOf } from '#platform';
// The package exports nothing: oclif would load it installed, here it is bundled.
import Create from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/create.js';
import Plugin from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js';
import { bashSetup, instructions, scriptPaths, shellOf, zshSetup } from '../../terminal/completion.js';
import { vocabularyOf } from '../../terminal/vocabulary.js';

/** oclif's command, with our scripts where its own fail, and a message if no script can be written. */
export default class Autocomplete extends Plugin {
  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Plugin);
    const shell = shellOf(args.shell ?? this.determineShell(this.config.shell));
    await this.writeScripts();
    if (!flags['refresh-cache']) this.log(instructions[shell]);
  }

  private async writeScripts(): Promise<void> {
    const folder = this.autocompleteCacheDir;
    try {
      // The plugin's own mkdir never returns on a file system that takes no folders.
      createFolder(folder);
      await Create.run([], this.config);
      // The plugin's bash completes no file names, and its folders may have no blanks in their names.
      const bash = bashSetup(vocabularyOf(this.config.commands));
      await writeFile(join(folder, ...scriptPaths.bash), bash);
      await writeFile(join(folder, ...scriptPaths.zsh), zshSetup(join(resolve(folder), 'functions', 'zsh')));
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new Error(
        `cannot write the scripts for the shell into ${JSON.stringify(folder)}: ${reasonOf(error)}; set ` +
          'DIGITS_CACHE_DIR to a folder that can be written, for digits autocomplete script as well',
      );
    }
  }
}
