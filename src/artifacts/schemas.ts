/** All schemas at once: apart from `validation.ts`, so that who reads one artifact carries one validator. */
import type { PayloadTypes } from '../generated/payloads.js';
import { type Validator, validators } from '../generated/validators.js';
import { checkPayload, InvalidArtifactError } from './validation.js';

/** The payloads of one run by the name of their artifact: `metrics` always, others where they were asked for. */
export type Payloads = Pick<PayloadTypes, 'metrics'> & Partial<Omit<PayloadTypes, 'benchmark'>>;

const validatorByName = new Map<string, Validator<object>>(Object.entries(validators));

/** The names of the artifacts that have a schema, sorted. */
export const schemaNames: readonly string[] = [...validatorByName.keys()].sort();

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
  checkPayload(validate, name, payload);
}
