import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import t from 'tap';
import { build as buildWithVite, createServer } from 'vite';
import { readPicture } from '../../src/data/pictures/read-picture.js';
import type { Source } from '../../src/data/table.js';
import { fastestThreadCount } from '../../src/model/training/thread-count.js';
import { bundleWithWebpack } from '../bundlers.js';
import { findChromium, launch, leftOut, openPage, TIMEOUT } from '../chromium.js';
import { root } from '../commands/digits.js';
import {
  chunk,
  drawSeven,
  encodePng,
  header,
  orient,
  PNG_SIGNATURE,
  paint,
  painted,
} from '../data/pictures/samples.js';
import { installPackage } from '../pack.js';
import { isolation, serve } from '../serve.js';

const run = promisify(execFile);
const chromium = findChromium();

/** Installs the package, and a page that trains with it and has a worker do so too. */
async function prepare(folder: string): Promise<void> {
  await installPackage(folder);
  cpSync(join(root, 'test/fixtures/browser'), folder, { recursive: true });
}

/** The modules of a folder, importing the package from elsewhere. */
function copyModules(folder: string, target: string, specifier: string): void {
  mkdirSync(target);
  for (const name of ['report.js', 'main.js', 'worker.js', 'alone.js', 'index.html']) {
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(target, name), text.replace("'digit-classifier'", `'${specifier}'`));
  }
}

/** Bundles a script for a page of one file, and writes that. */
async function bundleInOneFile(script: string, page: string): Promise<void> {
  const { outputFiles } = await bundle({
    entryPoints: [script],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'error',
  });
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><script>${outputFiles[0].text}</script>`);
}

const noThreads = 'threads need a Web Worker of a cross-origin isolated page: train in one, or on one thread';

if (chromium === undefined) {
  t.plan(0, leftOut);
} else {
  const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
  const [inBundler, inPlainPage, inOneFile, , , ofCharts, besideWorker, inWorker, withoutOurs] = [
    ...guide.matchAll(/```js\n(.*?)```/gs),
  ].map(([, code]) => code);
  const [, policy] = /^Content-Security-Policy: (.*)$/m.exec(guide) ?? [];
  const policed = { 'content-security-policy': policy };

  const folder = t.testdir({ 'package.json': '{ "type": "module" }' });
  await prepare(folder);
  t.setTimeout(TIMEOUT);
  const browser = await launch(chromium);
  t.teardown(() => browser.close());

  /** What the console of a page says until it says `done`, or is expected to have said so many lines. */
  async function visit(url: string, lines = Number.POSITIVE_INFINITY): Promise<string[]> {
    const { page, said } = await openPage(browser);
    const end = page.waitForEvent('console', {
      predicate: (message) => message.text() === 'done' || said.length >= lines,
      timeout: 60_000,
    });
    await Promise.all([page.goto(url), end.catch(() => said.push('it came to no end'))]);
    await page.close();
    return said.filter((line) => line !== 'done');
  }

  /** Serves a folder for as long as it takes to visit it. */
  async function visitServed(
    [served, headers = {}]: Parameters<typeof serve>,
    path: string,
    lines?: number,
  ): Promise<string[]> {
    const server = await serve(served, headers);
    try {
      return await visit(`${server.url}/${path}`, lines);
    } finally {
      server.close();
    }
  }

  const { stdout } = await run('env', ['-u', 'NODE_OPTIONS', process.execPath, 'alone.js'], { cwd: folder });
  const inNode = new Map(
    stdout
      .split('\n')
      .map((line) => /^page: (.*) (\S+)$/.exec(line)?.slice(1) as [string, string])
      .filter(Boolean),
  );
  const [data, digits, table] = ['data', 'digits', 'one thread'].map((name) => inNode.get(name));

  /** What Node says, where other threads are to be had and where they are not. */
  const reportOf = (place: string, shared: boolean) =>
    [
      `data ${data}`,
      `digits ${digits}`,
      `one thread ${table}`,
      `default ${table}`,
      `two threads ${shared ? table : noThreads}`,
      'relaxed loaded',
    ].map((line) => `${place}: ${line}`);
  const isolated = [...reportOf('page', false), ...reportOf('worker', true)];
  const notIsolated = [...reportOf('page', false), ...reportOf('worker', false)];

  t.test('Node has the hash that the README publishes', async (t) => {
    t.match(readFileSync(join(root, 'README.md'), 'utf8'), `\n${digits}\n`);
    t.equal(inNode.get('two threads'), table);
    t.ok(fastestThreadCount({ rows: 9001, features: 61, classes: 17 }, 100, 2) > 1, 'threads pay by default');
  });

  const packaged = '../node_modules/digit-classifier/dist';
  copyModules(folder, join(folder, 'plain'), `${packaged}/browser.js`);

  t.test('a plain page has the same bits, and its worker, with threads and without', async (t) => {
    t.strictSame(await visitServed([folder, policed], 'plain/index.html'), notIsolated);
    t.strictSame(await visitServed([folder, { ...policed, ...isolation }], 'plain/index.html'), isolated);
  });

  t.test('the content policy needs what it has', async (t) => {
    for (const word of [" 'wasm-unsafe-eval'", "; connect-src 'self'"]) {
      const less = { 'content-security-policy': policy.replace(word, '') };
      const said = await visitServed([folder, less], 'plain/index.html');
      t.match(said.join('\n'), /Content Security Policy/, word);
      t.notMatch(said.join('\n'), `${digits}`);
    }
  });

  t.test('Vite takes it as it is', async (t) => {
    const shared = { root: folder, configFile: false, logLevel: 'error' } as const;
    const server = await createServer({ ...shared, server: { port: 0, headers: isolation, hmr: false } });
    await server.listen();
    const said = await visit(String(server.resolvedUrls?.local[0]));
    await server.close();
    t.strictSame(
      said.filter((line) => !line.startsWith('[vite]')),
      isolated,
      'in development',
    );
    const outDir = join(folder, 'vite');
    await buildWithVite({ ...shared, build: { outDir } });
    const built = await visitServed([outDir, { ...policed, ...isolation }], 'index.html');
    t.strictSame(built, isolated, 'in production');
  });

  t.test('webpack takes it as it is', async (t) => {
    const path = join(folder, 'webpack');
    await bundleWithWebpack(folder, path);
    t.strictSame(await visitServed([path, { ...policed, ...isolation }], 'index.html'), isolated);
  });

  t.test('esbuild makes a page of one file, that may be opened from the disk', async (t) => {
    copyModules(folder, join(folder, 'inline'), 'digit-classifier/inline');
    const page = join(folder, 'inline/alone.html');
    await bundleInOneFile(join(folder, 'inline/alone.js'), page);
    const expected = reportOf('page', false);
    expected[5] =
      'page: relaxed digit-classifier/inline only has the deterministic core: expected no other arithmetic';
    t.strictSame(await visit(pathToFileURL(page).href), expected);
  });

  t.test('the guide works as it stands', async (t) => {
    const write = (name: string, files: Readonly<Record<string, string>>) => {
      const target = join(folder, name);
      mkdirSync(target);
      for (const [file, code] of Object.entries(files)) writeFileSync(join(target, file), code);
      cpSync(join(folder, 'index.html'), join(target, 'index.html'));
      return target;
    };
    const nearAndFar = ['[near, far]'];

    write('guide-plain', { 'main.js': inPlainPage.replace('./node', '../node') });
    t.strictSame(await visitServed([folder, policed], 'guide-plain/index.html', 1), nearAndFar);

    const single = write('guide-inline', { 'main.js': inOneFile });
    await bundleInOneFile(join(single, 'main.js'), join(single, 'page.html'));
    t.strictSame(await visit(pathToFileURL(join(single, 'page.html')).href, 1), nearAndFar);

    const core = readFileSync(join(folder, 'node_modules/digit-classifier/dist/assets/core.wasm'));
    const bare = write('guide-bare', { 'main.js': withoutOurs });
    writeFileSync(join(bare, 'core.wasm'), core);
    t.strictSame(await visitServed([bare, policed], 'index.html', 1), ['0 0 1 1']);

    const bundled = {
      'guide-bundled': { 'main.js': inBundler },
      'guide-worker': { 'main.js': besideWorker, 'worker.js': inWorker },
      'guide-charts': { 'main.js': `document.body.innerHTML = '<div id="chart">';\n${ofCharts}` },
    };
    for (const [name, files] of Object.entries(bundled)) {
      const target = write(name, files);
      const build = { assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 };
      await buildWithVite({ root: target, configFile: false, logLevel: 'error', base: '../', build });
    }
    const [score] = await visitServed([join(folder, 'guide-bundled/dist'), policed], 'index.html', 1);
    t.equal(score, '0.9361111111111111');
    const said = await visitServed([join(folder, 'guide-worker/dist'), policed], 'index.html', 151);
    t.match(said[0], /^\{epoch: 1, loss: 2\.302\d+\}$/);
    t.equal(JSON.parse(said[150]).format_version, 2);
    const styled = { 'content-security-policy': `${policy}; style-src 'self'; font-src 'self'` };
    const heading = await visitServed([join(folder, 'guide-charts/dist'), styled], 'index.html', 1);
    t.strictSame(heading, ['Confusion matrix: 93.6% accuracy on 360 test rows']);
  });

  t.test('the cores race in a worker', async (t) => {
    const raceWorker = `
      import { loadRacers, operationsOf, quartiles, race } from '${packaged}/browser-bench.js';
      const shape = { rows: 5000, features: 64, classes: 10 };
      const racers = await loadRacers(2, 'deterministic');
      for await (const standing of race(shape, racers, { epochs: 2, repeats: 3 })) {
        const { median } = quartiles(standing.wasm);
        const limit = quartiles(standing.peaks).median;
        const fast = operationsOf(shape) / median > 0 && limit > 0 && standing.javascript.length > 0;
        postMessage(\`\${standing.rounds}: \${standing.threads} threads, \${standing.wasm.length} epochs, \${fast}\`);
      }
      postMessage('done');
    `;
    writeFileSync(join(folder, 'plain/race-worker.js'), raceWorker);
    writeFileSync(
      join(folder, 'plain/race.js'),
      `const worker = new Worker('race-worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => console.log(data);
      worker.onerror = ({ message }) => console.log(message);`,
    );
    writeFileSync(
      join(folder, 'plain/race.html'),
      '<!doctype html><link rel="icon" href="data:,"><script type="module" src="race.js"></script>',
    );
    const images = { 'content-security-policy': `${policy}; img-src data:` };
    t.strictSame(
      await visitServed([folder, { ...images, ...isolation }], 'plain/race.html'),
      [1, 2, 3].map((round) => `${round}: 2 threads, ${2 * round} epochs, true`),
    );
  });

  t.test('what could not be loaded is named, and may be there the next time', async (t) => {
    writeFileSync(
      join(folder, 'retry.js'),
      `import { loadCore } from '${packaged.slice(1)}/browser.js';
      await loadCore().catch(({ message }) => console.log(message));
      console.log(typeof (await loadCore()));
      console.log('done');`,
    );
    writeFileSync(
      join(folder, 'retry.html'),
      '<!doctype html><script type="module" src="retry.js"></script>',
    );
    let refusals = 0;
    const server = await serve(folder, policed, (path) => path.endsWith('.wasm') && refusals++ === 0);
    const said = await visit(`${server.url}/retry.html`);
    server.close();
    const core = `${server.url}/node_modules/digit-classifier/dist/assets/core.wasm`;
    const own = said.filter((line) => !/^Failed to load|failed$/.test(line));
    t.strictSame(own, [`${core} could not be loaded: the server answered 404`, 'function']);
  });

  t.test('pictures are read as Node reads them', async (t) => {
    const { outputFiles } = await bundle({
      entryPoints: [join(root, 'src/data/pictures/read-picture.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'pictures',
      logLevel: 'error',
      define: { 'import.meta.url': 'location.href' },
    });
    const { page } = await openPage(browser);
    await page.addScriptTag({ content: outputFiles[0].text });
    const readInPage = (bytes: Uint8Array): Promise<number[]> =>
      page.evaluate(`pictures.readPicture({
        name: 'picture', async *chunks() { yield Uint8Array.of(${bytes.join()}); },
      }).then((features) => [...features], (error) => error.message)`);
    const source = (bytes: Uint8Array): Source => ({
      name: 'picture',
      async *chunks() {
        yield bytes;
      },
    });
    const seven = painted(260, 270, (context) => drawSeven(context, 80, 90));
    const photo = paint(1300, 1350, (context) => drawSeven(context, 400, 450, 5));
    const turned = orient(await photo.encode('jpeg', 80), 6, true);
    for (const [name, bytes, tolerance] of [
      ['a PNG', encodePng(seven, { depth: 8, colour: 6 }), 0],
      ['a large JPEG, turned', turned, 10],
    ] as const) {
      const expected = [...(await readPicture(source(bytes)))];
      const found = await readInPage(bytes);
      const difference = expected.reduce((sum, value, i) => sum + Math.abs(value - found[i]), 0);
      t.ok(difference <= tolerance, `${name}: ${difference}`);
    }
    const garbage = chunk('IDAT', Uint8Array.of(1, 2, 3));
    const damaged = Buffer.concat([PNG_SIGNATURE, header(9, 9), garbage, chunk('IEND')]);
    t.match(await readInPage(damaged), /can't be decoded/);
    await page.close();
  });
}
