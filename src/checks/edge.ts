import type { Sweep } from '../generated/payloads.js';
import { compact } from '../text.js';

/** Which numbers of the best candidate of a sweep are the smallest or the largest that was tried, as a sentence; undefined if none is. */
export function bestAtEdge({ candidates, best, varied }: Sweep): string | undefined {
  const atEdge = varied.flatMap((name) => {
    const values = candidates.flatMap(({ options }) =>
      typeof options[name] === 'number' ? options[name] : [],
    );
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const value = candidates[best].options[name];
    if (new Set(values).size < 3 || typeof value !== 'number' || value === 0) return [];
    if (value !== least && value !== most) return [];
    const end = value === least ? 'smallest' : 'largest';
    return [`${name.replaceAll('_', '-')} ${compact(value)}, the ${end} of ${new Set(values).size} values`];
  });
  return atEdge.length === 0 ? undefined : `The best candidate has ${atEdge.join('; and ')}.`;
}
