import t from 'tap';
import { balanceOf } from '../../src/metrics/balance.js';

t.test('the majority, and the accuracy as if all classes had as many rows', async (t) => {
  // balanced_accuracy_score of scikit-learn for these rows is 0.6141414141414141.
  const matrix = [
    [1, 2, 0],
    [1, 20, 1],
    [2, 0, 3],
  ];
  const { majority, majorityShare, balancedAccuracy, isUneven } = balanceOf(matrix);
  t.equal(majority, 1);
  t.equal(majorityShare, 22 / 30);
  t.ok(Math.abs(balancedAccuracy - 0.6141414141414141) < 1e-15);
  t.ok(isUneven);
});

t.test('classes without rows take no part in the balanced accuracy', async (t) => {
  const matrix = [
    [3, 1, 0],
    [0, 0, 0],
    [0, 1, 1],
  ];
  t.equal(balanceOf(matrix).balancedAccuracy, 0.625);
});

t.test('rows are spread unevenly from a fifth above an even share', async (t) => {
  const isUneven = (...supports: number[]) =>
    balanceOf(supports.map((support, index) => supports.map((_, j) => (j === index ? support : 0)))).isUneven;
  t.notOk(isUneven(50, 50));
  t.notOk(isUneven(60, 40));
  t.ok(isUneven(61, 39));
  t.notOk(isUneven(40, 30, 30));
  t.ok(isUneven(41, 30, 29));
});
