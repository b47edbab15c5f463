import * as Flags from '@oclif/core/flags';
import type { Finding } from '../checks/check.js';
import { checks } from '../checks/registry.js';
import { counted, printable } from '../text.js';
import { file } from './flags.js';

/** A flag that takes codes of checks to leave out. */
export const ignoreFlag = Flags.string({
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
  helpValue: 'CODE',
  options: checks.map(({ code }) => code),
  description: `checks to leave out, by their codes: ${checks.map(({ code, title }) => `${code} ${title}`).join(', ')}`,
});

/** A flag that takes the file of a sweep. */
export const sweepFlag = file({
  description: 'a sweep.json of the same table, to check whether its best option is at the edge of its grid',
});

/** Three lines for each finding, or one that says that there is none. */
export function formatChecks(findings: readonly Finding[], ignored: readonly string[]): string {
  const looked = counted(checks.filter(({ code }) => !ignored.includes(code)).length, 'check');
  if (findings.length === 0) return `nothing found by ${looked}\n`;
  return findings
    .map(({ code, title, found, explanation, remedy }) =>
      [`${code} ${title}`, `  ${found}`, `  ${explanation}`, `  ${remedy}`].map(printable).join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
