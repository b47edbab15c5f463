import type { ValidationError, Validator } from '../generated/validators.js';
import { printable, quoted, shortened } from '../text.js';

/** A payload that violates its schema, or contradicts itself or another of the same run. */
export class InvalidArtifactError extends Error {
  override name = 'InvalidArtifactError';

  /**
   * @param artifact name of the artifact, the stem of its file
   * @param pointer JSON pointer to the fault; empty for the payload as a whole
   * @param fault what was found and what was expected, as the predicate of a sentence
   */
  constructor(
    readonly artifact: string,
    readonly pointer: string,
    readonly fault: string,
  ) {
    super(`${artifact}.json: ${pointerInWords(pointer)} ${fault}`);
  }
}

/** A pointer for messages: on a single line, and shortened if long, since class names may be anything. */
export function pointerInWords(pointer: string): string {
  return printable(shortened(pointer, 200)) || 'the payload';
}

/**
 * Parses the text of an artifact, without checking it against its schema.
 *
 * @throws InvalidArtifactError if it is not JSON
 */
export function parsePayload(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArtifactError(name, '', `is not JSON: ${reason.replace(/\s+/g, ' ')}`);
  }
}

/** The JSON pointer (RFC 6901) for a path of keys. */
export function jsonPointer(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Far above the rounding error of a sum of a million ratios, far below the share of one row in 10⁹. */
const tolerance = 1e-10;

/**
 * Checks a number against what determines it.
 *
 * @param source what determines it, in words
 * @throws InvalidArtifactError if they differ by more than rounding
 */
export function checkNumber(
  artifact: string,
  pointer: string,
  found: number,
  expected: number,
  source: string,
): void {
  if (Math.abs(found - expected) <= tolerance) return;
  throw new InvalidArtifactError(artifact, pointer, `must be ${expected}, ${source}, found ${found}`);
}

/**
 * Checks the length of an array against that of another.
 *
 * @param other what has the expected length, such as the key of the other array
 * @throws InvalidArtifactError if they differ
 */
export function checkLength(
  artifact: string,
  pointer: string,
  { length }: readonly unknown[],
  expected: number,
  other: string,
): void {
  if (length === expected) return;
  const fault = `must have as many elements as ${other}, ${expected}, not ${length}`;
  throw new InvalidArtifactError(artifact, pointer, fault);
}

/**
 * Checks a payload with the validator of its schema.
 *
 * @param name name of the artifact
 * @throws InvalidArtifactError if it violates the schema
 */
export function checkSchema<Payload>(
  validate: Validator<Payload>,
  name: string,
  payload: unknown,
): asserts payload is Payload {
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
    return fail('is not a key of the schema', params.additionalProperty);
  }
  if (keyword === 'dependentRequired') {
    return fail(`must have ${params.missingProperty}, since ${params.property} is present`);
  }
  if (propertyName !== undefined) return fail(`is a key, and a key ${message}`, propertyName);
  const found = valueAt(payload, instancePath);
  if (keyword === 'const') return fail(`must be ${params.allowedValue}, found ${describe(found)}`);
  if (keyword === 'maximum' && instancePath === '/format_version') {
    return fail(
      `must be ${params.limit} or less: a newer format needs a newer digit-classifier, found ${found}`,
    );
  }
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
  return typeof value === 'string' ? quoted(value) : String(value);
}
