/** All schemas at once; separate from `validation.ts`, so that reading a model only pulls in the validator of models. */
import type { PayloadTypes } from '../generated/payloads.js';
import { type Validator, validators } from '../generated/validators.js';
import type { AnyArtifact } from './artifact.js';
import { everyArtifact } from './registry.js';
import { checkSchema, InvalidArtifactError } from './validation.js';

const validatorByName = new Map<string, Validator<object>>(Object.entries(validators));

/** The names of the artifacts that have a schema, sorted. */
export const schemaNames: readonly string[] = [...validatorByName.keys()].sort();

/**
 * Checks a payload by itself: shapes, types and ranges against the schema of its artifact, then what relates its numbers
 * to each other. As in JSON, a valid payload contains neither infinities nor NaN.
 *
 * @param name name of the artifact, such as `metrics`
 * @throws InvalidArtifactError for the first fault; its message names the file, the field as a JSON pointer, what
 * was found and what was expected
 */
export function validate<Name extends string>(
  name: Name,
  payload: unknown,
): asserts payload is Name extends keyof PayloadTypes ? PayloadTypes[Name] : object {
  const validator = validatorByName.get(name);
  if (validator === undefined) throw new InvalidArtifactError(name, '', 'has no schema');
  checkSchema(validator, name, payload);
  const artifact: AnyArtifact<object> | undefined = everyArtifact.find((known) => known.name === name);
  artifact?.check?.(payload);
}
