/** Checks files against their schemas, and those of the same folder against each other. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, reasonOf } from '#platform';
import { InvalidArtifactError, parsePayload } from '../artifacts/checks.js';
import { findFaults } from '../artifacts/consistency.js';
import type { Metrics } from '../generated/payloads.js';
import { validators } from '../generated/validators.js';
import { compareWithManifest } from './manifest-files.js';

/** The names of the artifacts that have a schema, sorted. */
export const schemaNames: readonly string[] = Object.keys(validators).sort();

/** The result for a file, or for a folder without artifacts. */
export interface Finding {
  /** As given, or inside the folder that was given. */
  readonly path: string;
  /** The artifact that the file should be, if known. */
  readonly artifact?: string;
  /** What is wrong, if anything. */
  readonly fault?: {
    /** JSON pointer to the fault; empty for the whole payload, missing if the payload could not be read. */
    readonly pointer?: string;
    /** What was found and what was expected, as the predicate of a sentence. */
    readonly text: string;
  };
}

/** A file and the artifact that it should be. */
interface NamedFile {
  readonly path: string;
  readonly artifact: string;
}

/**
 * Inspects files and the artifacts in folders, each once and in the given order. Files in the same folder are taken
 * to be of one run, and are checked against each other. In a folder whose metrics.json has a manifest, its files are
 * checked against that, too: they must be there unchanged, and files of other runs must not.
 *
 * @param schema the artifact that the given files are, whatever their names; each is then checked on its own.
 * Without it, and in folders, the file name decides
 */
export async function inspect(paths: readonly string[], schema?: string): Promise<Finding[]> {
  const found = (await Promise.all(paths.map((path) => findArtifacts(path, schema)))).flat();
  const once = new Map(found.toReversed().map((item) => [resolve(item.path), item]));
  const read = await Promise.all([...once.values()].reverse().map(readPayload));

  const runs = new Map<string, Record<string, unknown>>();
  const runOf = ({ path, artifact }: NamedFile) => {
    const isNamed = basename(path) === `${artifact}.json`;
    return isNamed ? dirname(resolve(path)) : resolve(path);
  };
  for (const item of read) {
    if ('payload' in item) runs.set(runOf(item), { ...runs.get(runOf(item)), [item.artifact]: item.payload });
  }
  const checked = [...runs].map(async ([run, payloads]) => [run, await findFaults(payloads)] as const);
  const faults = new Map(await Promise.all(checked));
  const findings = read.map((item): Finding => {
    if (!('payload' in item)) return item;
    const { path, artifact } = item;
    const error = faults.get(runOf(item))?.get(artifact);
    return error ? { path, artifact, fault: faultOf(error) } : { path, artifact };
  });
  const folders = [...runs.keys()].filter((run) => paths.some((path) => resolve(path) === run));
  const listed = folders.map((folder) => {
    const { run } = (runs.get(folder)?.metrics ?? {}) as Partial<Metrics>;
    return run && !faults.get(folder)?.has('metrics') ? compareWithManifest(folder, run) : [];
  });
  return withFiles(findings, new Map((await Promise.all(listed)).flat()), paths);
}

/** The findings, with what is wrong with files by the manifest, and with those that are no JSON. */
function withFiles(
  findings: readonly Finding[],
  files: ReadonlyMap<string, string | undefined>,
  paths: readonly string[],
): Finding[] {
  const all = findings.map((finding) => {
    const text = finding.fault ? undefined : files.get(resolve(finding.path));
    return text === undefined ? finding : { ...finding, fault: { text } };
  });
  const seen = new Set(findings.map(({ path }) => resolve(path)));
  const folderOf = (file: string) => paths.find((path) => resolve(path) === dirname(file)) ?? dirname(file);
  const others = [...files].filter(([file]) => !seen.has(file));
  return [
    ...all,
    ...others.map(([file, text]) => {
      const path = join(folderOf(file), basename(file));
      return text === undefined ? { path } : { path, fault: { text } };
    }),
  ];
}

/** The artifacts at a path: the file itself, or those in a folder. */
async function findArtifacts(path: string, schema?: string): Promise<(NamedFile | Finding)[]> {
  const names = await namesIn(path);
  if (typeof names === 'string') return [{ path, fault: { text: `cannot be read: ${names}` } }];
  if (names) {
    const artifacts = schemaNames.filter((artifact) => names.includes(`${artifact}.json`));
    if (artifacts.length > 0) {
      return artifacts.map((artifact) => ({ path: join(path, `${artifact}.json`), artifact }));
    }
    return [{ path, fault: { text: `is a folder without artifacts: ${expectedNames()}` } }];
  }
  const artifact = schema ?? schemaNames.find((name) => basename(path) === `${name}.json`);
  if (artifact !== undefined) return [{ path, artifact }];
  const text = `does not have the name of an artifact: ${expectedNames()}; for another name, give --schema`;
  return [{ path, fault: { text } }];
}

/** The names in a folder; undefined if the path is not a folder, or the reason if it can't be read. */
async function namesIn(path: string): Promise<string[] | string | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    return codeOf(error) === 'ENOTDIR' ? undefined : reasonOf(error);
  }
}

async function readPayload(item: NamedFile | Finding): Promise<Finding | (NamedFile & { payload: unknown })> {
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
