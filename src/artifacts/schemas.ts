/** All schemas at once; separate from `validation.ts`, so that reading one artifact only pulls in one validator. */
import type { PayloadTypes } from '../generated/payloads.js';
import { type Validator, validators } from '../generated/validators.js';
import { checkPayload, InvalidArtifactError } from './validation.js';

/** The payloads of one run by artifact name: always `metrics`, others if requested. */
export type Payloads = Pick<PayloadTypes, 'metrics'> & Partial<Omit<PayloadTypes, 'benchmark'>>;

const validatorByName = new Map<string, Validator<object>>(Object.entries(validators));

/** The names of the artifacts that have a schema, sorted. */
export const schemaNames: readonly string[] = [...validatorByName.keys()].sort();

/**
 * Checks each payload against the schema of its artifact.
 *
 * @throws InvalidArtifactError for the first that is missing or invalid. As in JSON, valid payloads contain neither
 * infinities nor NaN
 */
export function validatePayloads(payloads: Readonly<Record<string, unknown>>): asserts payloads is Payloads {
  if (payloads.metrics === undefined) throw new InvalidArtifactError('metrics', '', 'is missing');
  for (const [name, payload] of Object.entries(payloads)) validatePayload(name, payload);
}

/**
 * Checks a payload against the schema of its artifact.
 *
 * @throws InvalidArtifactError if it is invalid
 */
export function validatePayload(name: string, payload: unknown): void {
  const validate = validatorByName.get(name);
  if (validate === undefined) throw new InvalidArtifactError(name, '', 'has no schema');
  checkPayload(validate, name, payload);
}
