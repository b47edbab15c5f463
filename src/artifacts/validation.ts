import type { PayloadTypes } from '../generated/payloads.js';
import { type ValidationError, type Validator, validators } from '../generated/validators.js';

/** The payloads of one run by the name of their artifact: `metrics` always, others where they were asked for. */
export type Payloads = Pick<PayloadTypes, 'metrics'> & Partial<Omit<PayloadTypes, 'benchmark'>>;

const validatorByName = new Map<string, Validator<object>>(Object.entries(validators));

/** A payload that breaks its schema, or disagrees with another of the same run. */
export class InvalidArtifactError extends Error {
  override name = 'InvalidArtifactError';

  /**
   * @param artifact name of the artifact, the stem of its file.
   * @param pointer JSON pointer to what is wrong; empty for the payload as a whole.
   * @param fault what was found and what was expected, as the predicate of a sentence.
   */
  constructor(
    readonly artifact: string,
    readonly pointer: string,
    readonly fault: string,
  ) {
    super(`${artifact}.json: ${placeOf(pointer)} ${fault}`);
  }
}

/** What a pointer leads to, in words and one line: a class name may hold a line break. */
export function placeOf(pointer: string): string {
  return JSON.stringify(pointer).slice(1, -1) || 'the payload';
}

/** The names of the artifacts that have a schema, sorted. */
export const schemaNames: readonly string[] = [...validatorByName.keys()].sort();

/**
 * Reads the text of an artifact, which may still break its schema.
 *
 * @throws InvalidArtifactError where it is no JSON
 */
export function parsePayload(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArtifactError(name, '', `is no JSON: ${reason.replace(/\s+/g, ' ')}`);
  }
}

/** The JSON pointer (RFC 6901) to the value that these keys lead to. */
export function jsonPointer(...keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Holds each payload against the schema of its artifact.
 *
 * @throws InvalidArtifactError for the first that is missing or breaks it. JSON has no infinity and no NaN, so
 * neither has a valid payload.
 */
export function validatePayloads(payloads: Readonly<Record<string, unknown>>): asserts payloads is Payloads {
  if (payloads.metrics === undefined) throw new InvalidArtifactError('metrics', '', 'is missing');
  for (const [name, payload] of Object.entries(payloads)) validatePayload(name, payload);
}

/**
 * Holds a payload against the schema of its artifact.
 *
 * @throws InvalidArtifactError where it breaks it
 */
export function validatePayload(name: string, payload: unknown): void {
  const validate = validatorByName.get(name);
  if (validate === undefined) throw new InvalidArtifactError(name, '', 'has no schema');
  if (validate(payload)) return;
  const [error] = validate.errors ?? [];
  throw invalid(name, payload, error);
}

function invalid(artifact: string, payload: unknown, error: ValidationError): InvalidArtifactError {
  const { instancePath, keyword, message, params, propertyName } = error;
  const fail = (fault: string, ...keys: unknown[]) =>
    new InvalidArtifactError(artifact, instancePath + jsonPointer(...keys.map(String)), fault);
  if (keyword === 'required') return fail('is missing', params.missingProperty);
  if (keyword === 'additionalProperties') {
    return fail('is no key that the schema knows', params.additionalProperty);
  }
  if (propertyName !== undefined) return fail(`is a key, and a key ${message}`, propertyName);
  const found = valueAt(payload, instancePath);
  if (keyword === 'const') return fail(`must be ${params.allowedValue}, found ${describe(found)}`);
  const isScalar = typeof found !== 'object' || found === null;
  return fail(isScalar || keyword === 'type' ? `${message}, found ${describe(found)}` : `${message}`);
}

function valueAt(payload: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Reflect.get(value, key.replaceAll('~1', '/').replaceAll('~0', '~'));
  }, payload);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
