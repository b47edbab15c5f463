import { importanceChart } from '../charts/importance.js';
import type { Importance } from '../generated/payloads.js';
import { permutationImportance, productsOfImportance } from '../metrics/importance.js';
import type { Run } from '../run/run.js';
import type { RunArtifact } from './artifact.js';
import { InvalidArtifactError, jsonPointer } from './checks.js';

const NAME = 'importance';

/** How much worse the model is on the test rows where a column is shuffled. */
export const importance: RunArtifact<Importance, Run, Promise<Importance>> = {
  name: NAME,
  description: 'how much the test accuracy falls where the values of a column are shuffled, for each column',
  view: 'Importance',
  picture: 'importance.png',
  flag: 'importance',
  products: ({ model, test }) => productsOfImportance(model, test.rows.length),
  async payload({ model, dataset, test, options }) {
    const { seed, repeats, accuracy, crossEntropy, columns } = await permutationImportance(
      model,
      dataset,
      test.rows,
      options.seed,
    );
    return {
      seed,
      repeats,
      test_accuracy: accuracy,
      cross_entropy: crossEntropy,
      columns: columns.map(({ name, accuracyFall, crossEntropyRise }) => ({
        name,
        accuracy_fall: { ...accuracyFall },
        cross_entropy_rise: { ...crossEntropyRise },
      })),
    };
  },
  check: checkImportance,
  chart: importanceChart,
};

/** An accuracy falls by no more than itself, and each mean is inside its interval. */
function checkImportance({ columns, test_accuracy }: Importance): void {
  for (const [index, column] of columns.entries()) {
    for (const key of ['accuracy_fall', 'cross_entropy_rise'] as const) {
      const { mean, low, high } = column[key];
      if (low <= mean && mean <= high) continue;
      const fault = `must be from low to high, ${low} to ${high}, found ${mean}`;
      throw new InvalidArtifactError(NAME, jsonPointer('columns', index, key, 'mean'), fault);
    }
    const { mean } = column.accuracy_fall;
    if (mean <= test_accuracy + 1e-9 && mean >= test_accuracy - 1 - 1e-9) continue;
    const fault = `must leave an accuracy from 0 to 1, of ${test_accuracy}, found ${mean}`;
    throw new InvalidArtifactError(NAME, jsonPointer('columns', index, 'accuracy_fall', 'mean'), fault);
  }
  const names = columns.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice < 0) return;
  const fault = 'must differ from the names of other columns';
  throw new InvalidArtifactError(NAME, jsonPointer('columns', twice, 'name'), fault);
}
