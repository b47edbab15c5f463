import { join } from 'node:path';
import { createFolder, reasonOf } from '#platform';
// The package exports nothing: oclif would load it installed, here it is bundled.
import Plugin from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js';

/** oclif's command, which says what went wrong where it can't write its scripts. */
export default class Autocomplete extends Plugin {
  override async run(): Promise<void> {
    await this.parse(Plugin);
    const folder = join(this.config.cacheDir, 'autocomplete');
    try {
      // The plugin's own mkdir never returns on a file system that takes no folders.
      createFolder(folder);
      await super.run();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new Error(
        `cannot write the scripts for the shell into ${JSON.stringify(folder)}: ${reasonOf(error)}; set ` +
          'DIGITS_CACHE_DIR to a folder that can be written, for digits autocomplete script as well',
      );
    }
  }
}
