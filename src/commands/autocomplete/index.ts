// The package exports nothing: oclif would load it installed, here it is bundled.
export { default } from '../../../node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js';
