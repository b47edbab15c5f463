import { fileURLToPath } from 'node:url';
// Loaded here, not with a command, for its listener on stdout to be there when ours takes its place.
import '@oclif/core/command';
import { run as runOclif } from '@oclif/core/run';
import { settings } from '@oclif/core/settings';
import { failureOf } from './failure.js';

// The command runs what the build made; oclif would look for TypeScript sources where NODE_ENV says so.
settings.enableAutoTranspile = false;

/** As `bin/dev.js` asks for it; other values of DEBUG are for other programs. */
const debugging = /(^|[\s,])digits([\s,]|$)/.test(process.env.DEBUG ?? '');

/** Runs the command line, and answers every failure with one line on stderr and the exit code. */
export async function run(argv: string[], root: string): Promise<void> {
  // oclif's own listener throws what is no closed pipe.
  process.stdout.removeAllListeners('error');
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that went away, as in `digits train | head -1`, is no error of ours.
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`digits: cannot write to stdout: ${error.message}\n`);
  });
  try {
    // What a user has installed beside us is none of ours to load, or to complain of.
    await runOclif(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, {
      root: fileURLToPath(root),
      userPlugins: false,
      devPlugins: false,
    });
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    process.exitCode = exitCode;
    if (debugging && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    else if (line !== undefined) process.stderr.write(`digits: ${line}\n`);
  }
}
