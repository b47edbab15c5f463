/** Writes the training options, from their table, into the schemas of the files that record them. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {import('../src/model/options.js').Option} Option */
/** @typedef {Record<string, Option>} Options */

/** @returns {Promise<Options>} */
async function importOptions() {
  const outfile = `${root}src/generated/options.${process.pid}.mjs`;
  try {
    const entryPoints = [`${root}src/model/options.ts`];
    await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node' });
    const { options } = await import(pathToFileURL(outfile).href);
    return options;
  } finally {
    await rm(outfile, { force: true });
  }
}

/** @param {Option} option */
const keyOf = ({ flag }) => flag.replaceAll('-', '_');

/**
 * The schema of the values that a file records of an option: all but the one that a missing key means.
 *
 * @param {Option} option
 * @param {Options} options
 */
function schemaOf(option, options) {
  const { description, values, switchesTo, whenMissing, defaultInWords } = option;
  const absent = whenMissing ?? defaultInWords;
  const words = `${description}${absent === undefined ? '' : `; if missing, ${absent}`}`.replace(
    /\{(\w+)\}/g,
    (_, name) => keyOf(options[name]),
  );
  const text = `${words[0].toUpperCase()}${words.slice(1)}.`;
  if (switchesTo !== undefined) return { description: text, const: true };
  if (!('expected' in values)) {
    return { description: text, enum: values.filter((value) => value !== whenMissing) };
  }
  if ('pattern' in values) return { description: text, type: 'string', pattern: values.pattern };
  const { lowest, highest, isAboveLowest, isBelowHighest, step } = values;
  return {
    description: text,
    type: step === undefined ? 'number' : 'integer',
    [isAboveLowest || whenMissing === lowest ? 'exclusiveMinimum' : 'minimum']: lowest,
    ...(Number.isFinite(highest) && { [isBelowHighest ? 'exclusiveMaximum' : 'maximum']: highest }),
    ...(step === 2 && { multipleOf: step }),
  };
}

/**
 * Rewrites a schema if it differs from the table of options; the formatter makes it look like the others.
 *
 * @param {string} name
 * @param {(schema: any) => void} update
 */
async function rewrite(name, update) {
  const file = `${root}schemas/${name}.schema.json`;
  const schema = JSON.parse(await readFile(file, 'utf8'));
  const before = structuredClone(schema);
  update(schema);
  if (!isDeepStrictEqual(schema, before)) await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
}

export async function writeOptionSchemas() {
  const options = await importOptions();
  const all = Object.fromEntries(
    Object.values(options).map((option) => [keyOf(option), schemaOf(option, options)]),
  );
  await rewrite('model', ({ properties }) => {
    properties.options.properties = all;
  });
  await rewrite('metrics', ({ properties }) => {
    properties.run.properties.options.properties = all;
  });
  await rewrite('training_dynamics', ({ properties }) => {
    for (const name of ['solver', 'schedule']) properties[name] = schemaOf(options[name], options);
  });
}
