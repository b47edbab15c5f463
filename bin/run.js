#!/usr/bin/env node
// Ctrl-C and its kin are answered from the first moment on; files in the making are removed on 'exit'.
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.on(signal, () => {
    // An exit waits for reads that are under way, of a pipe for ever: the next signal ends it at once.
    process.once('exit', () => process.removeAllListeners(signal));
    process.exit(128 + number);
  });
}

try {
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2), import.meta.url);
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('digits: not built yet: run "npm ci" (or "npm run build") in its folder first\n');
  process.exitCode = 1;
}
