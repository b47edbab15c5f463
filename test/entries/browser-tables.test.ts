import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { build as buildWithVite, createServer } from 'vite';
import { readPicture } from '../../src/entries/pictures.js';
import { SoftmaxRegression } from '../../src/entries/softmax-regression.js';
import { readTable } from '../../src/entries/tables.js';
import '../hyparquet.js';
import { bundleWithWebpack } from '../bundlers.js';
import { findChromium, launch, leftOut, openPage, TIMEOUT } from '../chromium.js';
import { root } from '../commands/digits.js';
import { chunk, drawSeven, encodePng, header, PNG_SIGNATURE, painted } from '../data/pictures/samples.js';
import { installPackage } from '../pack.js';
import { serve } from '../serve.js';
import { outcomeOf, type TableCase, writeTables } from '../table-files.js';

const chromium = findChromium();

if (chromium === undefined) {
  t.plan(0, leftOut);
} else {
  const guide = readFileSync(join(root, 'docs/browser.md'), 'utf8');
  const [, section] = /^## Tables and pictures$(.*?)^## /ms.exec(guide) ?? [];
  const [ofTable, ofDrawing] = [...section.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  const [, policy] = /^Content-Security-Policy: (.*)$/m.exec(guide) ?? [];
  const policed = { 'content-security-policy': policy };

  const folder = t.testdir({ 'package.json': '{ "type": "module" }', tables: {} });
  const tables = join(folder, 'tables');
  const cases = writeTables(tables);
  await installPackage(folder);
  cpSync(join(root, 'test/fixtures/browser-tables'), folder, { recursive: true });
  cpSync(join(root, 'test/fixtures/browser/favicon.ico'), join(folder, 'favicon.ico'));
  t.setTimeout(TIMEOUT);
  const browser = await launch(chromium);
  t.teardown(() => browser.close());

  /** Uses a page once it is ready; every message in its console is a fault. */
  async function visit<Answer>(url: string, use: (page: Page) => Promise<Answer>): Promise<Answer> {
    const { page, said } = await openPage(browser);
    await page.goto(url);
    await page.waitForFunction('globalThis.ask').catch(({ message }) => said.push(message));
    const answer = await use(page);
    await page.close();
    const faults = said.filter((line) => !line.startsWith('[vite]'));
    if (faults.length > 0) throw new Error(`${url} said: ${faults.join('; ')}`);
    return answer;
  }

  /** Serves a folder under the content policy for as long as it takes to use a page of it. */
  async function visitServed<Answer>(
    served: string,
    path: string,
    use: (page: Page) => Promise<Answer>,
  ): Promise<Answer> {
    const server = await serve(served, policed);
    try {
      return await visit(`${server.url}/${path}`, use);
    } finally {
      server.close();
    }
  }

  async function ask(page: Page, question: string, names: readonly string[], option?: unknown) {
    await page.setInputFiles(
      'input',
      names.map((name) => join(tables, name)),
    );
    return page.evaluate(`ask.${question}(${JSON.stringify(option) ?? ''})`);
  }

  /** Whether a table is read, in the page as in Node. */
  async function compare(t: Test, page: Page, { table, labels, options }: TableCase): Promise<boolean> {
    const path = join(tables, table);
    const reading = readTable(path, { ...options, ...(labels && { labels: join(tables, labels) }) });
    const expected = await outcomeOf(reading, tables);
    const found = await ask(page, 'read', [table, ...(labels ? [labels] : [])], options);
    t.strictSame(found, expected, `${table} ${labels ?? ''} ${JSON.stringify(options)}`);
    return typeof expected !== 'string';
  }

  mkdirSync(join(folder, 'plain'));
  cpSync(join(folder, 'index.html'), join(folder, 'plain/index.html'));
  const main = readFileSync(join(folder, 'main.js'), 'utf8');
  const packaged = '../node_modules/digit-classifier/dist';
  writeFileSync(
    join(folder, 'plain/main.js'),
    main.replaceAll(/'digit-classifier(?:\/(\w+))?'/g, (_, entry?: string) =>
      entry ? `'${packaged}/browser-${entry}.js'` : `'${packaged}/browser.js'`,
    ),
  );

  t.test('a File in a page is read as the file in Node, bit for bit and word for word', async (t) => {
    const sound = await visitServed(folder, 'plain/index.html', async (page) => {
      let count = 0;
      for (const sample of cases) if (await compare(t, page, sample)) count++;
      return count;
    });
    t.ok(sound > 50 && sound < cases.length - 30, `${sound} of ${cases.length} are sound`);
  });

  t.test('gzipped data that browsers refuse', async (t) => {
    const iris = readFileSync(join(tables, 'iris.csv.gz'));
    const write = (name: string, ...pieces: Uint8Array[]) =>
      writeFileSync(join(tables, name), Buffer.concat(pieces));
    write('sum.csv.gz', iris.subarray(0, -8), Buffer.alloc(8));
    write('two.csv.gz', iris, gzipSync('1,2,3,4,setosa\n'));
    write('junk.csv.gz', iris, Buffer.from('junk'));
    await visitServed(folder, 'plain/index.html', async (page) => {
      for (const name of ['sum', 'two', 'junk']) {
        const found = await ask(page, 'read', [`${name}.csv.gz`]);
        t.match(found, new RegExp(`^${name}\\.csv\\.gz: the gzipped data are damaged: \\w`));
        t.comment(found);
      }
    });
  });

  t.test('a table from a page trains to the bits that it does from a file', async (t) => {
    const { model } = await new SoftmaxRegression({ epochs: 3 }).fit(
      await readTable(join(tables, 'large.csv')),
    );
    const found = await visitServed(folder, 'plain/index.html', (page) => ask(page, 'train', ['large.csv']));
    t.strictSame(found, [...model.weights, ...model.bias]);
  });

  t.test('a reading is told of, and stopped', async (t) => {
    writeFileSync(
      join(tables, 'large.csv.gz'),
      gzipSync(readFileSync(join(tables, 'large.csv')), { level: 0 }),
    );
    await visitServed(folder, 'plain/index.html', async (page) => {
      for (const name of ['large.csv', 'large.csv.gz']) {
        const told: (number | undefined)[][] = [];
        await readTable(join(tables, name), { onRead: (...counts) => told.push(counts) });
        t.ok(told.length > 3);
        t.strictSame(await ask(page, 'tellOfReading', [name]), told, name);
        for (const last of [1, 3])
          t.strictSame(await ask(page, 'stop', [name], last), ['enough', last], name);
      }
    });
  });

  t.test('what reads a format is loaded for a table of it', async (t) => {
    await visitServed(folder, 'plain/index.html', async (page) => {
      const loaded: string[] = [];
      page.on('request', (request) => loaded.push(request.url()));
      const readers = () => loaded.flatMap((url) => /browser-(\w+)-\w+\.js$/.exec(url)?.[1] ?? []);
      t.strictSame(loaded, []);
      await ask(page, 'read', ['iris.csv']);
      t.ok(readers().includes('delimited'));
      t.notOk(readers().includes('parquet'));
      await ask(page, 'read', ['small-zstd.parquet']);
      t.ok(readers().includes('parquet'));
    });
  });

  t.test('pictures are read as in Node', async (t) => {
    const picture = painted(260, 270, (context) => drawSeven(context, 80, 90));
    writeFileSync(join(tables, 'seven.png'), encodePng(picture, { depth: 8, colour: 6 }));
    const damaged = [PNG_SIGNATURE, header(9, 9), chunk('IDAT', Uint8Array.of(1, 2, 3)), chunk('IEND')];
    writeFileSync(join(tables, 'damaged.png'), Buffer.concat(damaged));
    const expected = [...(await readPicture(join(tables, 'seven.png')))];
    t.equal(expected.length, 64);
    await visitServed(folder, 'plain/index.html', async (page) => {
      t.strictSame(await ask(page, 'readPicture', ['seven.png']), expected);
      t.strictSame(await ask(page, 'readDrawing', ['seven.png']), expected);
      t.match(await ask(page, 'readPicture', ['damaged.png']), /^damaged\.png: can't be decoded/);
    });
  });

  t.test('bundlers take it as it is', async (t) => {
    const names = [
      'iris.csv.gz',
      'compressed.npz',
      'by-hand.libsvm',
      'small-snappy.parquet',
      'small-brotli.parquet',
    ];
    const some = cases.filter(({ table, labels }) => labels !== undefined || names.includes(table));
    const use = async (page: Page) => {
      for (const sample of some) await compare(t, page, sample);
    };
    const vite = { root: folder, configFile: false, logLevel: 'error' } as const;
    const server = await createServer({ ...vite, server: { port: 0, hmr: false } });
    t.teardown(() => server.close());
    await server.listen();
    await visit(String(server.resolvedUrls?.local[0]), use);
    await buildWithVite({ ...vite, build: { outDir: join(folder, 'vite') } });
    await visitServed(join(folder, 'vite'), 'index.html', use);
    await bundleWithWebpack(folder, join(folder, 'webpack'));
    await visitServed(join(folder, 'webpack'), 'index.html', use);
  });

  t.test('the guide works as it stands', async (t) => {
    const open = async (name: string, code: string) => {
      const target = join(folder, name);
      mkdirSync(target);
      writeFileSync(join(target, 'main.js'), code);
      writeFileSync(
        join(target, 'index.html'),
        '<!doctype html><script type="module" src="main.js"></script>',
      );
      await buildWithVite({ root: target, configFile: false, logLevel: 'error', base: '../' });
      const server = await serve(join(target, 'dist'), policed);
      t.teardown(() => server.close());
      const { page } = await openPage(browser);
      await page.goto(`${server.url}/index.html`);
      const nextLine = async (act: () => Promise<unknown>) => {
        const [message] = await Promise.all([page.waitForEvent('console'), act()]);
        return message.text();
      };
      return { page, nextLine };
    };

    const iris = readFileSync(join(tables, 'iris.csv'), 'utf8').replace(/^(.*),\w+/, '$1,class');
    writeFileSync(join(tables, 'classes.csv'), iris);
    const dataset = await readTable(join(tables, 'classes.csv'), { label: 'class' });
    const score = await (await new SoftmaxRegression().fit(dataset)).score(dataset);
    const ofFiles = await open('guide-table', ofTable);
    const choose = (name: string) => () => ofFiles.page.setInputFiles('input', join(tables, name));
    t.equal(await ofFiles.nextLine(choose('classes.csv')), String(score));
    t.match(await ofFiles.nextLine(choose('words.csv')), /^words\.csv/);

    const ofStrokes = await open('guide-drawing', ofDrawing);
    const said = await ofStrokes.nextLine(async () => {
      await ofStrokes.page.evaluate(`
        const context = document.querySelector('canvas').getContext('2d');
        context.lineWidth = 9;
        context.beginPath();
        context.moveTo(80, 20);
        context.lineTo(140, 20);
        context.lineTo(110, 120);
        context.stroke();`);
      await ofStrokes.page.click('canvas');
    });
    t.equal(said, '[7]');
  });
}
