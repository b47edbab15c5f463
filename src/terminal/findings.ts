import { pointerInWords } from '../artifacts/checks.js';
import type { Finding } from '../files/inspection.js';
import { printable, shortened } from '../text.js';

/** Of a pointer in JSON: only keys that no artifact has are longer. */
const MOST_CHARACTERS = 2000;

/** A line per file: `ok PATH`, or `failed PATH: PLACE what is wrong`. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map((finding) => `${lineOf(finding)}\n`).join('');
}

function lineOf({ path, fault }: Finding): string {
  const name = printable(path);
  if (!fault) return `ok ${name}`;
  const { pointer, text } = fault;
  return `failed ${name}: ${printable(pointer === undefined ? text : `${pointerInWords(pointer)} ${text}`)}`;
}

/** What `--json` prints. */
export interface ValidationSummary {
  readonly valid: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly artifact?: string;
    readonly valid: boolean;
    readonly pointer?: string;
    readonly fault?: string;
  }[];
}

export function summariseFindings(findings: readonly Finding[]): ValidationSummary {
  return {
    valid: findings.every(({ fault }) => !fault),
    files: findings.map(({ path, artifact, fault }) => ({
      path,
      ...(artifact !== undefined && { artifact }),
      valid: !fault,
      ...(fault?.pointer !== undefined && { pointer: shortened(fault.pointer, MOST_CHARACTERS) }),
      ...(fault && { fault: fault.text }),
    })),
  };
}
