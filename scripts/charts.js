/** Compiles the Vega-Lite specification of each artifact's chart to a Vega dataflow in src/generated/. */
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
 * A logger that turns Vega-Lite's warnings into errors, since it leaves out whatever it does not understand.
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

/** Where pictures are seen. */
const looks = /** @type {const} */ (['paper', 'light', 'dark']);

/**
 * Compiles a chart to a Vega specification.
 *
 * @param {typeof import('../src/artifacts/registry.js').charted[number]} artifact
 * @param {import('../src/artifacts/theme.js').Look} look
 */
function compileChart({ picture, chart }, look) {
  const spec = /** @type {import('vega-lite').TopLevelSpec} */ (chart.spec(look));
  return compile(spec, { logger: strictLogger(picture) }).spec;
}

/**
 * Writes src/generated/charts.js, which holds the dataflow of each picture on paper by file name. It is JSON text
 * because that starts faster than object literals: only the picture being drawn is parsed. Also writes
 * src/generated/dataflows.js, which loads the dataflow of a picture in any look, with syntax trees of its
 * expressions, for pages that may not evaluate code.
 */
export async function compileCharts() {
  const { charted } = await importRegistry();
  const charts = charted.map((artifact) => [
    artifact.picture,
    JSON.stringify(parse(compileChart(artifact, 'paper'))),
  ]);
  const dataflows = charted.flatMap((artifact) =>
    looks.map((look) => ({
      picture: artifact.picture,
      look,
      file: `${artifact.name}-${look}.js`,
      text: JSON.stringify(parse(compileChart(artifact, look), undefined, { ast: true })),
    })),
  );
  const loaders = charted.map(({ picture }) => {
    const ofPicture = dataflows.filter((dataflow) => dataflow.picture === picture);
    const ofLook = ofPicture.map(({ look, file }) => `    ${look}: () => import('./dataflows/${file}'),\n`);
    return `  ${JSON.stringify(picture)}: {\n${ofLook.join('')}  },\n`;
  });
  await mkdir(`${generated}dataflows`, { recursive: true });
  await Promise.all([
    writeFile(
      `${generated}charts.js`,
      `${banner}export const charts = ${JSON.stringify(Object.fromEntries(charts))};\n`,
    ),
    writeFile(
      `${generated}charts.d.ts`,
      `${banner}export declare const charts: Readonly<Record<string, string>>;\n`,
    ),
    writeFile(`${generated}dataflows.js`, `${banner}export const dataflows = {\n${loaders.join('')}};\n`),
    writeFile(`${generated}dataflows.d.ts`, dataflowTypes),
    ...dataflows.map(({ file, text }) =>
      writeFile(`${generated}dataflows/${file}`, `${banner}export default ${JSON.stringify(text)};\n`),
    ),
  ]);
}

const dataflowTypes = `${banner}
/** Loaders of the JSON text of dataflows, by the file name of the picture and the look. */
export declare const dataflows: Readonly<
  Record<string, Readonly<Record<'paper' | 'light' | 'dark', () => Promise<{ default: string }>>>>
>;
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileCharts();
