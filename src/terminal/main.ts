import { prepareDrawing } from '../files/drawing.js';

/** Commands that always draw. */
const drawing = new Set(['train', 'evaluate']);

/**
 * Runs the command line. Vega takes longest to load, so it starts first, in a thread of its own, while this one
 * loads oclif.
 *
 * @param argv the arguments after `digits`
 * @param root URL of a file in this package
 */
export async function main(argv: string[], root: string): Promise<void> {
  if (drawing.has(argv[0])) prepareDrawing();
  const { run } = await import('./oclif.js');
  await run(argv, root);
}
