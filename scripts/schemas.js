/** From schemas/ to src/generated/: types of the payloads, and their validators. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}schemas/`;
const generated = `${root}src/generated/`;
const suffix = '.schema.json';
const banner = '// Generated from schemas/ by scripts/schemas.js.';

/** @typedef {{ name: string, schema: import('ajv').SchemaObject }} NamedSchema */

/** @returns {Promise<NamedSchema[]>} The schemas by the name of their artifact, sorted. */
async function readSchemas() {
  const files = (await readdir(folder)).filter((file) => file.endsWith(suffix)).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -suffix.length),
      schema: JSON.parse(await readFile(folder + file, 'utf8')),
    })),
  );
}

/**
 * One interface over all payloads makes one run of the compiler, so that a type has one declaration.
 *
 * @param {NamedSchema[]} schemas
 */
function payloadTypes(schemas) {
  const payloads = {
    title: 'PayloadTypes',
    description: 'The payload of each artifact, by its name.',
    type: 'object',
    properties: Object.fromEntries(schemas.map(({ name }) => [name, { $ref: name + suffix }])),
    required: schemas.map(({ name }) => name),
    additionalProperties: false,
  };
  return compile(payloads, 'PayloadTypes', {
    bannerComment: banner,
    cwd: folder,
    ignoreMinAndMaxItems: true,
  });
}

/**
 * The keywords are TypeScript, and their bundle must lie where Node finds the `ajv` that it imports.
 *
 * @returns {Promise<import('../src/artifacts/keywords.js')>}
 */
async function importKeywords() {
  const bundle = `${generated}keywords.${process.pid}.mjs`;
  const entry = `${root}src/artifacts/keywords.ts`;
  try {
    await build({ entryPoints: [entry], outfile: bundle, bundle: true, format: 'esm', packages: 'external' });
    return await import(pathToFileURL(bundle).href);
  } finally {
    await rm(bundle, { force: true });
  }
}

/**
 * What a validator goes by: it carries its schema along.
 *
 * @param {import('ajv').SchemaObject} schema
 */
const withoutDescriptions = (schema) =>
  JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  );

/** Around the code of a validator. In functions that nobody calls, a page that bundles `inline.js` and validates nothing can leave it out. */
const validatorHead = `${banner}
let validate;
export function validator(payload) {
  validate ??= create({});
  const isValid = validate(payload);
  validator.errors = validate.errors;
  return isValid;
}
function create(exports) {`;
const validatorFoot = 'return exports.validator;\n}';

/**
 * The code of each schema's validator, which needs no other file.
 *
 * @param {NamedSchema[]} schemas
 */
async function validatorCodes(schemas) {
  const ajv = new Ajv2020({
    strict: true,
    inlineRefs: false,
    code: { source: true, lines: true },
  });
  for (const keyword of (await importKeywords()).keywords) ajv.addKeyword(keyword);
  for (const { schema } of schemas) ajv.addSchema(withoutDescriptions(schema));
  return Promise.all(
    schemas.map(async ({ schema }) => {
      const { outputFiles } = await build({
        stdin: { contents: standalone(ajv, { validator: schema.$id }), resolveDir: root },
        bundle: true,
        format: 'cjs',
        write: false,
        banner: { js: validatorHead },
        footer: { js: validatorFoot },
      });
      return outputFiles[0].text;
    }),
  );
}

/** @param {NamedSchema[]} schemas */
const collectedCode = (schemas) => `${banner}
${schemas.map(({ name }) => `import { validator as ${name} } from './validators/${name}.js';`).join('\n')}
export const validators = { ${schemas.map(({ name }) => name).join(', ')} };
`;

/** @param {string} name */
const validatorType = (name) => `${banner}
import type { PayloadTypes } from '../payloads.js';
import type { Validator } from '../validators.js';

export declare const validator: Validator<PayloadTypes['${name}']>;
`;

const collectedTypes = `${banner}
import type { PayloadTypes } from './payloads.js';

/** What is wrong with a payload, as Ajv reports it. */
export interface ValidationError {
  keyword: string;
  /** JSON pointer to what is wrong. */
  instancePath: string;
  schemaPath: string;
  params: Record<string, unknown>;
  /** The key at fault, where a key is. */
  propertyName?: string;
  message?: string;
}

/** Whether a payload keeps to its schema; what is wrong, where it does not, is in \`errors\` until the next call. */
export interface Validator<Payload> {
  (payload: unknown): payload is Payload;
  errors?: ValidationError[] | null;
}

/** The validator of each artifact's payload, by the artifact's name. */
export declare const validators: {
  readonly [Name in keyof PayloadTypes]: Validator<PayloadTypes[Name]>;
};
`;

/** Writes `payloads.ts`, `validators.js` and a file for each in `validators/` into src/generated/, with their types. */
export async function generateSchemas() {
  await mkdir(`${generated}validators`, { recursive: true });
  const schemas = await readSchemas();
  const [types, codes] = await Promise.all([payloadTypes(schemas), validatorCodes(schemas)]);
  await Promise.all([
    writeFile(`${generated}payloads.ts`, types),
    writeFile(`${generated}validators.js`, collectedCode(schemas)),
    writeFile(`${generated}validators.d.ts`, collectedTypes),
    ...schemas.flatMap(({ name }, index) => [
      writeFile(`${generated}validators/${name}.js`, codes[index]),
      writeFile(`${generated}validators/${name}.d.ts`, validatorType(name)),
    ]),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateSchemas();
