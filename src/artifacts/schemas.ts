import type { PayloadTypes, SavedModel } from '../generated/payloads.js';
import { type Validator, validators } from '../generated/validators.js';
import type { AnyArtifact } from './artifact.js';
import { checkSchema, InvalidArtifactError, parsePayload } from './checks.js';
import { modelFault } from './model.js';
import { everyArtifact } from './registry.js';

/** The payload of an artifact, if its name is known before the program runs. */
type PayloadOf<Name extends string> = Name extends keyof PayloadTypes ? PayloadTypes[Name] : object;

/**
 * Checks a payload by itself: shapes, types and ranges against the schema of its artifact, then what relates its numbers
 * to each other. As in JSON, a valid payload contains neither infinities nor NaN.
 *
 * Loads the validator of that schema alone, the first time.
 *
 * @param name name of the artifact, such as `metrics`
 * @returns the payload
 * @throws InvalidArtifactError for the first fault; its message names the file, the field as a JSON pointer, what
 * was found and what was expected
 */
export async function validate<Name extends string>(name: Name, payload: unknown): Promise<PayloadOf<Name>> {
  if (!hasSchema(name)) throw new InvalidArtifactError(name, '', 'has no schema');
  const validator: Validator<object> = await validators[name]();
  checkSchema(validator, name, payload);
  const artifact: AnyArtifact<object> | undefined = everyArtifact.find((known) => known.name === name);
  artifact?.check?.(payload);
  return payload as PayloadOf<Name>;
}

/**
 * The contents of a `model.json` that a person chose, whatever its name. It is `parseModelFile` for pages: the validator is
 * loaded with the first file.
 *
 * @throws Error that names the file, says what is wrong where in it, and what to choose instead
 */
export async function openModelFile(name: string, text: string): Promise<SavedModel> {
  try {
    return await validate('model', parsePayload('model', text));
  } catch (error) {
    throw modelFault(name, error);
  }
}

function hasSchema(name: string): name is keyof PayloadTypes {
  return Object.hasOwn(validators, name);
}
