import { type Draw, type FindFonts, type ImageFormat, imageFiles } from '../charts/chart.js';
import type { PayloadTypes } from '../generated/payloads.js';
import type { AnyArtifact, AnyRunArtifact, Artifact } from './artifact.js';
import { type Payloads, validateBundle } from './consistency.js';
import type { RunDocument } from './document.js';
import { digest, type Manifest, type RunRecord } from './manifest.js';
import { withText } from './png.js';
import { validate } from './schemas.js';

/** Names of the files that the artifacts consist of, sorted, with pictures in those formats. */
export function fileNames(
  artifacts: readonly AnyArtifact<object>[],
  images: readonly ImageFormat[] = defaultImages,
): string[] {
  return artifacts
    .flatMap(({ name, picture }) => [
      `${name}.json`,
      ...(picture === undefined ? [] : imageFiles(picture, images)),
    ])
    .sort();
}

/** The formats of pictures where nothing else is said. */
export const defaultImages: readonly ImageFormat[] = ['png'];

/** What draws the pictures. */
export interface Drawer {
  readonly draw: Draw;
  /** Without it, names are written in the package's fonts alone. */
  readonly findFonts?: FindFonts;
  /** The formats to draw each picture in, by default PNG. */
  readonly images?: readonly ImageFormat[];
}

/** The file that has the manifest. */
export const manifestFile = 'metrics.json';

/** The keyword of the text in a PNG that has the id of the run. */
const KEYWORD = 'digits run';

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
  return validateBundle(Object.fromEntries(await Promise.all(made)));
}

/**
 * Builds the files of payloads in memory: JSON text, and the pictures.
 *
 * @param artifacts those to make files of; one without a payload is left out
 * @throws RangeError if a JSON text gets longer than a text can be
 */
export async function composeFiles(
  artifacts: readonly AnyArtifact<object>[],
  payloads: Partial<PayloadTypes>,
  { draw, findFonts, images = defaultImages }: Drawer,
): Promise<Files> {
  const files = artifacts.map(async ({ name, picture, chart }) => {
    const payload = payloads[name];
    if (!payload) return [];
    const ofPayload: Files = new Map([[`${name}.json`, jsonOf(`${name}.json`, payload)]]);
    if (chart) {
      const hasFont = await findFonts?.(chart.names?.(payload) ?? []);
      const data = chart.data(payload, undefined, hasFont);
      const drawn = imageFiles(picture, images).map(async (file) => [file, await draw(file, data)] as const);
      for (const [file, image] of await Promise.all(drawn)) ofPayload.set(file, image);
    }
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
 * pictures.
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
 * Builds the files of a stand-alone artifact.
 *
 * @throws InvalidArtifactError if the payload is invalid
 */
export async function composeArtifact<Payload extends object>(
  artifact: Artifact<Payload>,
  payload: Payload,
  drawing: Drawer,
): Promise<Files> {
  await validate(artifact.name, payload);
  return composeFiles([artifact], { [artifact.name]: payload }, drawing);
}

/** What draws pictures; those in PNG have the id of the run in them. */
export function withRunId(drawer: Drawer, { id }: RunRecord): Drawer {
  return {
    ...drawer,
    async draw(file, data) {
      const image = await drawer.draw(file, data);
      return file.endsWith('.png') ? withText(image, KEYWORD, id) : image;
    },
  };
}

/**
 * The files of a run with its manifest: the names and checksums of all others are added to metrics.json.
 *
 * @throws InvalidArtifactError if the manifest contradicts the metrics
 */
export async function addManifest(files: Files, record: RunRecord): Promise<Files> {
  const others = [...files.keys()].filter((name) => name !== manifestFile).sort();
  const encoder = new TextEncoder();
  const digests = others.map(async (name) => {
    const content = files.get(name) ?? '';
    return [name, await digest(typeof content === 'string' ? encoder.encode(content) : content)] as const;
  });
  const run: Manifest = { ...record, files: Object.fromEntries(await Promise.all(digests)) };
  const metrics = { ...JSON.parse(String(files.get(manifestFile))), run };
  await validate('metrics', metrics);
  return new Map([...files, [manifestFile, `${JSON.stringify(metrics, null, 2)}\n`]]);
}

/** Builds documents in memory. */
export async function composeDocuments<Subject>(
  documents: readonly RunDocument<Subject>[],
  subject: Subject,
): Promise<Files> {
  const files = documents.map(async (document) => [document.file, await document.compose(subject)] as const);
  return new Map(await Promise.all(files));
}
