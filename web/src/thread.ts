/**
 * The thread that computes. It is started by a script of its own, which comes before all others of the page, so that its files and
 * theirs are loaded at the same time.
 */
import { trustAddresses } from './trusted-addresses.js';

trustAddresses();

export const thread = new Worker(new URL('./page-worker.ts', import.meta.url), {
  type: 'module',
  name: 'page-worker',
});

/** Resolves if its script could not be loaded. */
export const failed = new Promise<void>((fulfil) =>
  thread.addEventListener('error', () => fulfil(), { once: true }),
);
