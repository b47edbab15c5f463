/** Generates the types and validators of payloads in src/generated/ from schemas/. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { writeOptionSchemas } from './option-schemas.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}schemas/`;
const generated = `${root}src/generated/`;
const suffix = '.schema.json';
const banner = '// Generated from schemas/ by scripts/schemas.js.';

/** @typedef {{ name: string, schema: import('ajv').SchemaObject }} NamedSchema */

/** @returns {Promise<NamedSchema[]>} The schemas with their artifact names, sorted. */
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
 * Compiles all schemas as one interface in a single run, so that each type is declared only once.
 *
 * @param {NamedSchema[]} schemas
 */
function payloadTypes(schemas) {
  const payloads = {
    title: 'PayloadTypes',
    description: 'The payload of each artifact, by artifact name.',
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

/** What says nothing to a validator. */
const words = new Set(['$schema', 'title', 'description']);

/**
 * Leaves words out, since validators contain their schema.
 *
 * @param {import('ajv').SchemaObject} schema
 */
const withoutWords = (schema) =>
  JSON.parse(
    JSON.stringify(schema, (key, value) => (words.has(key) && typeof value === 'string' ? undefined : value)),
  );

/** Wraps a validator's code in functions, so that bundlers of `inline.js` can drop it from pages that validate nothing. */
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
 * Bundles the validator of each schema.
 *
 * @param {NamedSchema[]} schemas
 */
function bundleValidators(schemas) {
  const ajv = new Ajv2020({
    strict: true,
    inlineRefs: false,
    code: { source: true, lines: true },
  });
  for (const { schema } of schemas) ajv.addSchema(withoutWords(schema));
  return Promise.all(
    schemas.map(({ schema }) =>
      build({
        absWorkingDir: root,
        stdin: { contents: standalone(ajv, { validator: schema.$id }), resolveDir: root },
        bundle: true,
        format: 'cjs',
        write: false,
        metafile: true,
        banner: { js: validatorHead },
        footer: { js: validatorFoot },
      }),
    ),
  );
}

/** @param {NamedSchema[]} schemas */
const collectedCode = (schemas) => `${banner}
export const validators = {
${schemas.map(({ name }) => `  ${name}: async () => (await import('./validators/validator-${name}.js')).validator,`).join('\n')}
};
`;

/** @param {string} name */
const validatorType = (name) => `${banner}
import type { PayloadTypes } from '../payloads.js';
import type { Validator } from '../validators.js';

export declare const validator: Validator<PayloadTypes['${name}']>;
`;

const collectedTypes = `${banner}
import type { PayloadTypes } from './payloads.js';

/** An error in a payload, as reported by Ajv. */
export interface ValidationError {
  keyword: string;
  /** JSON pointer to the error. */
  instancePath: string;
  schemaPath: string;
  params: Record<string, unknown>;
  /** The offending key, if a key is at fault. */
  propertyName?: string;
  message?: string;
}

/** Whether a payload conforms to its schema; if not, \`errors\` holds what is wrong until the next call. */
export interface Validator<Payload> {
  (payload: unknown): payload is Payload;
  errors?: ValidationError[] | null;
}

/** Loads the validator of an artifact's payload, by artifact name. */
export declare const validators: {
  readonly [Name in keyof PayloadTypes]: () => Promise<Validator<PayloadTypes[Name]>>;
};
`;

/**
 * Brings the options in the schemas up to date, and writes `payloads.ts`, `validators.js`, a file per schema in
 * `validators/`, and their types to src/generated/. Returns the metafiles of the validators.
 */
export async function generateSchemas() {
  await mkdir(`${generated}validators`, { recursive: true });
  await writeOptionSchemas();
  const schemas = await readSchemas();
  const [types, bundles] = await Promise.all([payloadTypes(schemas), bundleValidators(schemas)]);
  await Promise.all([
    writeFile(`${generated}payloads.ts`, types),
    writeFile(`${generated}validators.js`, collectedCode(schemas)),
    writeFile(`${generated}validators.d.ts`, collectedTypes),
    ...schemas.flatMap(({ name }, index) => [
      writeFile(`${generated}validators/validator-${name}.js`, bundles[index].outputFiles[0].text),
      writeFile(`${generated}validators/validator-${name}.d.ts`, validatorType(name)),
    ]),
  ]);
  return bundles.map(({ metafile }) => metafile);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateSchemas();
