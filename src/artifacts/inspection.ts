/** Holds files against their schemas, and those of one folder against each other. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { reasonOf } from '#platform';
import { findFaults } from './consistency.js';
import { schemaNames } from './schemas.js';
import { InvalidArtifactError, parsePayload } from './validation.js';

/** What was found of a file, or of a folder without any artifact. */
export interface Finding {
  /** As it was named, or below the folder that was. */
  readonly path: string;
  /** The artifact that it should be, where that is known. */
  readonly artifact?: string;
  /** What is wrong, where something is. */
  readonly fault?: {
    /** JSON pointer to what is wrong; there where the fault is in the payload, empty for all of it. */
    readonly pointer?: string;
    /** What was found and what was expected, as the predicate of a sentence. */
    readonly text: string;
  };
}

/** A file of which it is known which artifact it should be. */
interface Candidate {
  readonly path: string;
  readonly artifact: string;
}

/**
 * Looks at files and at the artifacts in folders, in the order in which they are named, each once. Files of one
 * folder are of one run, and held against each other.
 *
 * @param schema the artifact that the named files are, whatever their names; then each stands alone. Without it,
 * and in folders, the name tells.
 */
export async function inspect(paths: readonly string[], schema?: string): Promise<Finding[]> {
  const found = (await Promise.all(paths.map((path) => findArtifacts(path, schema)))).flat();
  const once = new Map(found.toReversed().map((item) => [resolve(item.path), item]));
  const read = await Promise.all([...once.values()].reverse().map(readPayload));

  const runs = new Map<string, Record<string, unknown>>();
  const runOf = ({ path, artifact }: Candidate) => {
    const isNamed = basename(path) === `${artifact}.json`;
    return isNamed ? dirname(resolve(path)) : resolve(path);
  };
  for (const item of read) {
    if ('payload' in item) runs.set(runOf(item), { ...runs.get(runOf(item)), [item.artifact]: item.payload });
  }
  const faults = new Map([...runs].map(([run, payloads]) => [run, findFaults(payloads)]));
  return read.map((item) => {
    if (!('payload' in item)) return item;
    const { path, artifact } = item;
    const error = faults.get(runOf(item))?.get(artifact);
    return error ? { path, artifact, fault: faultOf(error) } : { path, artifact };
  });
}

/** The artifacts that a path leads to: those in a folder, or the file. */
async function findArtifacts(path: string, schema?: string): Promise<(Candidate | Finding)[]> {
  const names = await namesIn(path);
  if (typeof names === 'string') return [{ path, fault: { text: `cannot be read: ${names}` } }];
  if (names) {
    const artifacts = schemaNames.filter((artifact) => names.includes(`${artifact}.json`));
    if (artifacts.length > 0) {
      return artifacts.map((artifact) => ({ path: join(path, `${artifact}.json`), artifact }));
    }
    return [{ path, fault: { text: `is a folder without any artifact: ${expectedNames()}` } }];
  }
  const artifact = schema ?? schemaNames.find((name) => basename(path) === `${name}.json`);
  if (artifact !== undefined) return [{ path, artifact }];
  const text = `is no artifact by its name: ${expectedNames()}; for another name, give --schema`;
  return [{ path, fault: { text } }];
}

/** The names in a folder; none where the path leads to something else, and the reason where to nothing. */
async function namesIn(path: string): Promise<string[] | string | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
      ? undefined
      : reasonOf(error);
  }
}

async function readPayload(item: Candidate | Finding): Promise<Finding | (Candidate & { payload: unknown })> {
  const { path, artifact } = item;
  if ('fault' in item || artifact === undefined) return item;
  try {
    const payload = parsePayload(artifact, await readFile(path, 'utf8'));
    return { path, artifact, payload };
  } catch (error) {
    if (error instanceof InvalidArtifactError) return { path, artifact, fault: faultOf(error) };
    return { path, artifact, fault: { text: `cannot be read: ${reasonOf(error)}` } };
  }
}

function faultOf({ pointer, fault }: InvalidArtifactError): { pointer: string; text: string } {
  return { pointer, text: fault };
}

function expectedNames(): string {
  return `expected ${schemaNames.map((name) => `${name}.json`).join(', ')}`;
}
