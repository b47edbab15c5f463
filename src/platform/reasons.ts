/** System errors in words. */
import { constants as limits } from 'node:buffer';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The code of a system error, such as ENOENT; undefined for other errors. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The reason of a system error in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const number = 'errno' in error ? Number(error.errno) : Number.NaN;
  if (codeOf(error) === 'ERR_STRING_TOO_LONG') {
    return `it has more than ${limits.MAX_STRING_LENGTH} bytes, the most that a text can have here`;
  }
  // Node has no message for this one.
  if (number === -constants.errno.EDQUOT) return 'disk quota exceeded';
  return getSystemErrorMap().get(number)?.[1] ?? error.message;
}
