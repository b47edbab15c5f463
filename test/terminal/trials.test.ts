import t from 'tap';
import { datasetOf } from '../../src/data/arrays.js';
import { startStaff } from '../../src/terminal/trials.js';
import { capture } from '../capture.js';

t.test('a queue that is away is needed only for trainings without a result', async (t) => {
  const dataset = datasetOf([[1], [2]], ['a', 'b']);
  const queue = { url: 'redis://127.0.0.1:1', name: 'digits' };
  await t.rejects(startStaff(dataset, 1, { queue }), {
    name: 'QueueError',
    message: /nothing listens there/,
  });
  const { stderr } = await capture(async () => {
    const staff = await startStaff(dataset, 0, { queue });
    await staff.dismiss();
  });
  t.match(
    stderr,
    /^digits: redis:\/\/127\.0\.0\.1:1: nothing listens there: .*; no training is left to do, but finished ones may be left in the queue\n$/,
  );
});
