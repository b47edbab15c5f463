// The package exports nothing: oclif would load it installed, here it is bundled.

import { reasonOf } from '#platform';
import PluginAutocomplete from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js';

export default class Autocomplete extends PluginAutocomplete {
  override async run(): Promise<void> {
    try {
      await super.run();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new Error(
        `cannot write the completion scripts to ${this.config.cacheDir}: ${reasonOf(error)}; set XDG_CACHE_HOME to a ` +
          'folder that can be written',
        { cause: error },
      );
    }
  }
}
