import { fileURLToPath } from 'node:url';
import { run, settings } from '@oclif/core';
import { failureOf } from './terminal/failure.js';

// The command runs what the build made; oclif would look for TypeScript sources where NODE_ENV says so.
settings.enableAutoTranspile = false;

/** Runs the command line, and answers every failure with one line on stderr and the exit code. */
export async function main(argv: string[], root: string): Promise<void> {
  // A reader that went away, as in `digits train | head -1`, is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    // What a user has installed beside us is none of ours to load, or to complain of.
    await run(argv, { root: fileURLToPath(root), userPlugins: false, devPlugins: false });
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    process.exitCode = exitCode;
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    else if (line !== undefined) process.stderr.write(`digits: ${line}\n`);
  }
}
