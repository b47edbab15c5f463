import t from 'tap';
import { fastestThreadCount } from '../../../src/model/training/thread-count.js';

t.test('the digits are too small for a second thread', async (t) => {
  for (const epochs of [1, 150, 100_000]) {
    t.equal(fastestThreadCount({ rows: 1437, features: 64, classes: 10 }, epochs, 8), 1);
  }
});

t.test('threads are used if they save more time than they take to start', async (t) => {
  const mnist = { rows: 60_000, features: 784, classes: 10 };
  t.equal(fastestThreadCount(mnist, 150, 1), 1, 'one core');
  t.equal(fastestThreadCount(mnist, 150, 2), 2);
  t.equal(fastestThreadCount(mnist, 150, 8), 8);
  t.equal(fastestThreadCount(mnist, 150, 64), 8, 'no more than there are shards');
  t.equal(fastestThreadCount(mnist, 150, 7), 4, 'seven would wait for one that has two shards, as four do');
  t.equal(fastestThreadCount(mnist, 1, 8), 1, 'over too soon');
  t.equal(fastestThreadCount(mnist, 5, 8), 2);
  const small = { rows: 5000, features: 64, classes: 10 };
  t.equal(fastestThreadCount(small, 100, 8), 1, 'over too soon');
  t.equal(fastestThreadCount(small, 10_000, 8), 3);
});
