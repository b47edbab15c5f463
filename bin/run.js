#!/usr/bin/env node
// No signal ends process 1, which a command is in a container, unless it listens.
if (process.pid === 1) {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    process.on(signal, (_name, number) => process.exit(128 + number));
  }
}

try {
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2), import.meta.url);
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('digits: not built yet: run "npm ci" (or "npm run build") in its folder first\n');
  process.exitCode = 1;
}
