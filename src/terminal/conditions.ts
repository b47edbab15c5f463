/** Conditions on the differences between runs, which make `digits compare` fail. */
import * as Flags from '@oclif/core/flags';
import { type ComparedScore, comparedScores } from '../artifacts/comparison.js';
import { decimalOf } from '../data/decimal.js';
import type { Comparison } from '../generated/payloads.js';
import { unexpected } from './flags.js';

const relations = {
  '<': (found: number, limit: number) => found < limit,
  '<=': (found: number, limit: number) => found <= limit,
  '>': (found: number, limit: number) => found > limit,
  '>=': (found: number, limit: number) => found >= limit,
};

/** A condition such as `test_accuracy < -0.01`: a score minus that of the first run, and a limit. */
export interface Condition {
  readonly score: ComparedScore;
  readonly relation: keyof typeof relations;
  readonly limit: number;
}

const CONDITION = /^\s*(\w+)\s*(<=?|>=?)\s*(\S+)\s*$/;

/** A flag that takes conditions. */
export const conditionFlag = Flags.custom<Condition>({
  helpValue: 'CONDITION',
  parse: async (input) => {
    const [, name, relation, number] = CONDITION.exec(input) ?? [];
    const score = comparedScores.find((known) => known === name);
    const limit = decimalOf(number ?? '');
    if (score && isRelation(relation) && Number.isFinite(limit)) return { score, relation, limit };
    throw unexpected(
      `a condition such as "test_accuracy < -0.01", of one of ${comparedScores.join(', ')}`,
      input,
    );
  },
});

function isRelation(text: string | undefined): text is Condition['relation'] {
  return text !== undefined && Object.hasOwn(relations, text);
}

/** A sentence for each condition that is met, and for each that can't be decided since a run lacks the score. */
export function conditionsMet({ runs, comparisons }: Comparison, conditions: readonly Condition[]): string[] {
  return comparisons.flatMap(({ run, differences }) =>
    conditions.flatMap(({ score, relation, limit }) => {
      const found = differences[score];
      const where = `${runs[run].name} against ${runs[0].name}`;
      if (found === undefined)
        return [`${where}: one of them has no ${score}, so --fail-if can't be decided`];
      if (!relations[relation](found, limit)) return [];
      return [`${where}: the difference of ${score} is ${rounded(found)}, ${relation} ${limit}`];
    }),
  );
}

/** A difference with its sign, as short as it can be told. */
function rounded(difference: number): string {
  return `${difference < 0 ? '' : '+'}${Number(difference.toPrecision(4))}`;
}
