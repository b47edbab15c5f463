/** What the numbers of a test do not say by themselves, as lines for stderr. */
import type { Dataset } from '../data/dataset.js';
import { countByClass, sharesInWords, sharesWithEveryClass } from '../data/stratified-split.js';
import { reportKeys } from '../metrics/classification-report.js';
import type { Evaluation } from '../run/evaluation.js';
import { counted, printable, quoted } from '../text.js';

/** Tells people something on stderr, on a line of its own. */
export function tell(message: string): void {
  process.stderr.write(`digits: ${printable(message)}\n`);
}

/** Most names in a line. */
const SHOWN_NAMES = 6;

/** Names in quotation marks, of which only the first are written. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map(quoted).join(', ');
  return names.length > SHOWN_NAMES ? `${shown} and ${names.length - SHOWN_NAMES} more` : shown;
}

/** Names of the classes without a test row. */
export function untestedClasses({ classes, confusionMatrix }: Evaluation): string[] {
  return classes.filter((_, index) => confusionMatrix[index].every((count) => count === 0));
}

/** For each class whose key in the classification report is not its name. */
export function reportKeyNotices(classes: readonly string[]): string[] {
  return reportKeys(classes).flatMap((key, index) =>
    key === classes[index]
      ? []
      : [
          `class ${quoted(classes[index])} has the key ${quoted(key)} in the report, whose totals have its name`,
        ],
  );
}

/** For labels that a model does not know: classes of the table after those of the model. */
export function unknownClassNotices({ classes, labels }: Dataset, known: number): string[] {
  if (classes.length === known) return [];
  const rows = labels.filter((label) => label >= known).length;
  const names = namesInWords(classes.slice(known));
  return [`${counted(rows, 'row')} with labels that the model does not know, ${names}: counted as errors`];
}

/** For the classes without a ROC curve. */
export function missingCurveNotices(test: Evaluation): string[] {
  const untested = untestedClasses(test);
  if (test.classes.length - untested.length === 1) return ['no ROC curves: all test rows are of one class'];
  return untested.length === 0 ? [] : [`no ROC curve for ${namesInWords(untested)}: no test row`];
}

/** Which `--test-split` gives every class of a table a test row. */
export function testSplitAdvice({ labels, groups, times }: Dataset, seed: number): string {
  if (groups || times) return 'choose another --test-split to have one of every class';
  const shares = sharesWithEveryClass(countByClass(labels), seed);
  return `choose ${sharesInWords(shares)} for --test-split to have one of every class`;
}
