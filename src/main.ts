import { prepareDrawing } from './artifacts/drawing.js';

/** The commands that always draw. */
const drawing = new Set(['train', 'evaluate']);

/**
 * Runs the command line. What takes longest to load goes first: Vega, in its thread, and meanwhile oclif.
 *
 * @param argv the words behind `digits`
 * @param root URL of a file of this package
 */
export async function main(argv: string[], root: string): Promise<void> {
  if (drawing.has(argv[0])) prepareDrawing();
  const { run } = await import('./terminal/run.js');
  await run(argv, root);
}
