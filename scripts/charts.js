/** From the chart of each artifact to src/generated/: its Vega-Lite specification compiled to a Vega dataflow. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'vega';
import { compile } from 'vega-lite';

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = `${root}src/generated/`;
const banner = '// Generated from src/artifacts/registry.ts by scripts/charts.js.\n';

/** @returns {Promise<typeof import('../src/artifacts/registry.js')>} */
async function importRegistry() {
  const outfile = `${root}dist/registry.js`;
  await build({
    entryPoints: [`${root}src/artifacts/registry.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  return import(outfile).finally(() => rm(outfile));
}

/**
 * A logger that takes what Vega-Lite would only warn of for an error: it leaves out what it does not understand.
 *
 * @param {string} picture
 */
function strictLogger(picture) {
  /** @param {unknown[]} messages */
  const fail = (...messages) => {
    throw new Error(`the chart of ${picture}: ${messages.join(' ')}`);
  };
  const logger = { level: () => logger, error: fail, warn: fail, info: () => logger, debug: () => logger };
  return logger;
}

/**
 * Writes src/generated/charts.js, the dataflow of each picture by its file name, and its types. As JSON text, which
 * starts faster than object literals: only the picture that is drawn gets parsed.
 */
export async function compileCharts() {
  const { charted } = await importRegistry();
  const charts = charted.map(({ picture, chart }) => {
    const options = { logger: strictLogger(picture) };
    const { spec } = compile(/** @type {import('vega-lite').TopLevelSpec} */ (chart.spec), options);
    return [picture, JSON.stringify(parse(spec))];
  });
  await mkdir(generated, { recursive: true });
  await Promise.all([
    writeFile(
      `${generated}charts.js`,
      `${banner}export const charts = ${JSON.stringify(Object.fromEntries(charts))};\n`,
    ),
    writeFile(
      `${generated}charts.d.ts`,
      `${banner}export declare const charts: Readonly<Record<string, string>>;\n`,
    ),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileCharts();
