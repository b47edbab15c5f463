import { fileURLToPath } from 'node:url';
// Imported here, so that its listener on stdout exists when ours replaces it.
import '@oclif/core/command';
import { run as runOclif } from '@oclif/core/run';
import { settings } from '@oclif/core/settings';
import { failureOf } from './failure.js';

// Run the built commands; oclif would look for TypeScript sources if NODE_ENV is development or test.
settings.enableAutoTranspile = false;

/** Set by `bin/dev.js`; other values of DEBUG are meant for other programs. */
const debugging = /(^|[\s,])digits([\s,]|$)/.test(process.env.DEBUG ?? '');

/** Runs the command line, and reports any failure with one line on stderr and the exit code. */
export async function runCommandLine(argv: string[], root: string): Promise<void> {
  // oclif's own listener throws for every error but a closed pipe.
  process.stdout.removeAllListeners('error');
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // If the reader has ended, as in `digits train | head -1`, that is not an error.
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`digits: cannot write to stdout: ${error.message}\n`);
  });
  try {
    // Plugins that a user has installed for oclif are not loaded, and cause no messages.
    await runOclif(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, {
      root: fileURLToPath(root),
      userPlugins: false,
      devPlugins: false,
    });
  } catch (error) {
    const { exitCode, line } = await failureOf(error, argv[0], root);
    process.exitCode = exitCode;
    if (debugging && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    else if (line !== undefined) process.stderr.write(`digits: ${line}\n`);
  }
}
