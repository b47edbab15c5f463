/** Compiles the Vega-Lite specification of each artifact's chart to a Vega dataflow in src/generated/. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'vega';
import { compile } from 'vega-lite';

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = `${root}src/generated/`;
const banner = '// Generated from src/artifacts/registry.ts by scripts/charts.js.\n';

/** @returns {Promise<typeof import('../src/artifacts/registry.js') & typeof import('../src/charts/changes.js')>} */
async function importSources() {
  const outfile = `${root}dist/registry.js`;
  const contents = "export * from './artifacts/registry.js'; export * from './charts/changes.js';";
  await build({
    stdin: { contents, resolveDir: `${root}src` },
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

/** @typedef {Pick<import('../src/artifacts/artifact.js').Artifact<never>, 'name' | 'picture' | 'chart'>} Charted */

/** Where pictures are seen. The first has the fewest keys: changes are made to it, which can add a key but not remove one. */
const looks = /** @type {const} */ (['light', 'dark', 'paper']);

/**
 * Compiles a chart to a Vega specification.
 *
 * @param {Charted} artifact
 * @param {import('../src/charts/theme.js').Look} look
 */
function compileChart({ picture, chart }, look) {
  const spec = /** @type {import('vega-lite').TopLevelSpec} */ (chart.spec(look));
  return compile(spec, { logger: strictLogger(picture) }).spec;
}

/**
 * Writes two modules to src/generated/, which load the dataflow of a picture by file name: charts.js, as it is drawn on
 * paper, and dataflows.js, for all looks, with syntax trees of its expressions, for pages that may not evaluate code; the
 * charts of a training run are apart there, so that pages without the others need not contain them. What they load is
 * JSON text, since that starts faster than an object literal.
 */
export async function compileCharts() {
  const { artifacts, otherArtifacts, changesBetween } = await importSources();
  const ofRun = artifacts.flatMap((artifact) => (artifact.chart ? [artifact] : []));
  /** @type {Map<string, string>} */
  const files = new Map();
  const charts = [...ofRun, ...otherArtifacts].map((artifact) => {
    const file = `charts/${artifact.name}.js`;
    files.set(file, textModule(parse(compileChart(artifact, 'paper'))));
    return `  ${JSON.stringify(artifact.picture)}: () => import('./${file}'),\n`;
  });
  /** @param {Charted} artifact */
  const dataflowOf = (artifact) => {
    const file = `dataflows/${artifact.name}.js`;
    const ofLook = looks.map((look) => plain(parse(compileChart(artifact, look), undefined, { ast: true })));
    const [dataflow] = ofLook;
    const changes = looks.map((look, index) => [look, changesBetween(dataflow, ofLook[index])]);
    files.set(file, textModule({ dataflow, changes: Object.fromEntries(changes) }));
    return `  ${JSON.stringify(artifact.picture)}: () => import('./${file}'),\n`;
  };
  files.set('charts.js', `${banner}export const charts = {\n${charts.join('')}};\n`);
  files.set('charts.d.ts', chartTypes);
  files.set(
    'dataflows.js',
    `${banner}export const runDataflows = {\n${ofRun.map(dataflowOf).join('')}};\n` +
      `export const otherDataflows = {\n${otherArtifacts.map(dataflowOf).join('')}};\n`,
  );
  files.set('dataflows.d.ts', dataflowTypes);
  await Promise.all(['charts', 'dataflows'].map((folder) => mkdir(generated + folder, { recursive: true })));
  await Promise.all([...files].map(([file, text]) => writeFile(generated + file, text)));
}

/**
 * As JSON has it.
 *
 * @param {object} value
 * @returns {object}
 */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** @param {object} value */
const textModule = (value) => `${banner}export default ${JSON.stringify(JSON.stringify(value))};\n`;

const chartTypes = `${banner}
/** Loaders of the JSON text of dataflows, by the file name of the picture. */
export declare const charts: Readonly<Record<string, () => Promise<{ default: string }>>>;
`;

const dataflowTypes = `${banner}
/** Loaders of the JSON text of a dataflow and its changes for each look, by the file name of the picture. */
export type Dataflows = Readonly<Record<string, () => Promise<{ default: string }>>>;
/** The charts of a training run. */
export declare const runDataflows: Dataflows;
/** All other charts. */
export declare const otherDataflows: Dataflows;
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) await compileCharts();
