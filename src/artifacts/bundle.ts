import type { Draw, FindFonts } from '../charts/chart.js';
import type { PayloadTypes } from '../generated/payloads.js';
import type { AnyArtifact, AnyRunArtifact, Artifact } from './artifact.js';
import { type Payloads, validateBundle } from './consistency.js';
import { validate } from './schemas.js';

/** Names of the files that the artifacts consist of, sorted. */
export function fileNames(artifacts: readonly AnyArtifact<object>[]): string[] {
  return artifacts
    .flatMap(({ name, picture }) => [`${name}.json`, ...(picture === undefined ? [] : [picture])])
    .sort();
}

/** What draws the pictures. */
export interface Drawer {
  readonly draw: Draw;
  /** Without it, names are written in the package's fonts alone. */
  readonly findFonts?: FindFonts;
}

/** Files by name: JSON text, or the bytes of pictures and exported models. */
export type Files = Map<string, string | Uint8Array>;

/**
 * The payloads of a run or an evaluation by artifact name, validated and checked against each other.
 *
 * @param artifacts those to make, `metrics` among them
 * @throws InvalidArtifactError if a payload violates its schema or contradicts another
 */
export async function composePayloads<Subject>(
  artifacts: readonly AnyRunArtifact<object, Subject>[],
  subject: Subject,
): Promise<Payloads> {
  const made = artifacts.map(async (artifact) => [artifact.name, await artifact.payload(subject)] as const);
  const payloads = Object.fromEntries(await Promise.all(made));
  validateBundle(payloads);
  return payloads;
}

/**
 * Builds the files of payloads in memory: JSON text, and the pictures as PNG.
 *
 * @param artifacts those to make files of; one without a payload is left out
 * @throws RangeError if a JSON text gets longer than a text can be
 */
export async function composeFiles(
  artifacts: readonly AnyArtifact<object>[],
  payloads: Partial<PayloadTypes>,
  { draw, findFonts }: Drawer,
): Promise<Files> {
  const files = artifacts.map(async ({ name, picture, chart }) => {
    const payload = payloads[name];
    if (!payload) return [];
    const hasFont = await findFonts?.(chart?.names?.(payload) ?? []);
    const png = chart && (await draw(picture, chart.data(payload, undefined, hasFont)));
    const ofPayload: Files = new Map([[`${name}.json`, jsonOf(`${name}.json`, payload)]]);
    if (png) ofPayload.set(picture, png);
    return [...ofPayload];
  });
  return new Map((await Promise.all(files)).flat());
}

function jsonOf(file: string, payload: object): string {
  try {
    return `${JSON.stringify(payload, null, 2)}\n`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `${file} gets longer than a text can be, which is 512 Mi characters in Node: use fewer columns, or fewer classes`,
    );
  }
}

/**
 * Builds the files of a run or an evaluation in memory: its payloads, see `composePayloads`, as JSON text, and their
 * pictures as PNG.
 *
 * @throws InvalidArtifactError if a payload is invalid or contradicts another
 */
export async function composeBundle<Subject>(
  artifacts: readonly AnyRunArtifact<object, Subject>[],
  subject: Subject,
  drawing: Drawer,
): Promise<Files> {
  return composeFiles(artifacts, await composePayloads(artifacts, subject), drawing);
}

/**
 * Builds the two files of a stand-alone artifact.
 *
 * @throws InvalidArtifactError if the payload is invalid
 */
export async function composeArtifact<Payload extends object>(
  artifact: Artifact<Payload>,
  payload: Payload,
  drawing: Drawer,
): Promise<Files> {
  validate(artifact.name, payload);
  return composeFiles([artifact], { [artifact.name]: payload }, drawing);
}
