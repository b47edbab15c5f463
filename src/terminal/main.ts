import { prepareDrawing } from '../files/drawing.js';

/** Commands that always draw. */
const drawing = new Set(['train', 'evaluate']);

/**
 * Runs the command line. Vega takes longest to load, so it is loaded first, in a thread of its own, while this thread
 * loads oclif.
 *
 * @param argv the arguments after `digits`
 * @param root URL of a file in this package
 */
export async function main(argv: string[], root: string): Promise<void> {
  if (drawing.has(argv[0])) prepareDrawing();
  const { runCommandLine } = await import('./oclif.js');
  await runCommandLine(argv, root);
}
