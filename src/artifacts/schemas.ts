/** All schemas at once; separate from `checks.ts`, so that reading a model only loads the validator of models. */
import type { PayloadTypes } from '../generated/payloads.js';
import { type Validator, validators } from '../generated/validators.js';
import type { AnyArtifact } from './artifact.js';
import { checkSchema, InvalidArtifactError } from './checks.js';
import { everyArtifact } from './registry.js';

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
  if (!hasSchema(name)) throw new InvalidArtifactError(name, '', 'has no schema');
  const validator: Validator<object> = validators[name];
  checkSchema(validator, name, payload);
  const artifact: AnyArtifact<object> | undefined = everyArtifact.find((known) => known.name === name);
  artifact?.check?.(payload);
}

function hasSchema(name: string): name is keyof PayloadTypes {
  return Object.hasOwn(validators, name);
}
