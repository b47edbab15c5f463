import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import {
  download,
  eventually,
  factsOf,
  openOptions,
  openTab,
  testInChromium,
  train,
  trainAtTerminal,
  trained,
} from './page.js';

const defaults = {
  epochs: '150',
  learningRate: '0.1',
  learningRateDecay: '0.01',
  testSplit: '0.2',
  seed: '13',
  l2: '0',
  tolerance: '',
};

/** Numbers of the form, and the equivalent flags. */
const settings: [Record<string, string>, string[]][] = [
  [{}, []],
  [{ epochs: '97' }, ['--epochs', '97']],
  [{ learningRate: '0.37' }, ['--learning-rate', '0.37']],
  [{ learningRateDecay: '0' }, ['--lr-decay', '0']],
  [{ testSplit: '0.35' }, ['--test-split', '0.35']],
  [{ seed: '42' }, ['--seed', '42']],
  [{ l2: '0.01' }, ['--l2', '0.01']],
  [{ tolerance: '0.02' }, ['--tolerance', '0.02']],
  [
    { epochs: '1', learningRate: '2e-3', testSplit: '0.9', seed: '4294967295' },
    ['--epochs', '1', '--learning-rate', '2e-3', '--test-split', '0.9', '--seed', '4294967295'],
  ],
];

const furtherNumbers = ['components', 'gamma', 'momentum', 'batchSize', 'validationSplit', 'patience'];

/** Choices, numbers of fields that may be left empty, and the equivalent flags. */
const furtherSettings: [Record<string, string>, Record<string, string>, string[]][] = [
  [{ solver: 'momentum' }, { momentum: '0.5' }, ['--solver', 'momentum', '--momentum', '0.5']],
  [{ solver: 'adam' }, { batchSize: '100' }, ['--solver', 'adam', '--batch-size', '100']],
  [{ schedule: 'warmup-cosine' }, {}, ['--schedule', 'warmup-cosine']],
  [
    { features: 'rbf', solver: 'lbfgs' },
    { components: '64', gamma: '0.3' },
    ['--features', 'rbf', '--components', '64', '--gamma', '0.3'],
  ],
  [
    { solver: 'lbfgs' },
    { validationSplit: '0.2', patience: '4' },
    ['--solver', 'lbfgs', '--validation-split', '0.2', '--patience', '4'],
  ],
];

const wholeEpochs = 'Epochs: expected a whole number from 1 to 100000, found';
const aRate = 'Learning rate: expected a finite number above 0, found';
const aDecay = 'Decay: expected a finite number, 0 or more, found';
const aShare = 'Held-out share: expected a number above 0 and below 1, found';
const aPenalty = 'L2: expected a finite number, 0 or more, or nothing, found';
const aTolerance = 'Tolerance: expected a finite number, 0 or more, or nothing, found';
const aSeed = 'Seed: expected a whole number from 0 to 4294967295, found';

/** Invalid inputs by the ids of their fields, and the messages that they cause. */
const refusals: [string, string, string][] = [
  ['epochs', '0', `${wholeEpochs} 0`],
  ['epochs', '1.5', `${wholeEpochs} 1.5`],
  ['epochs', '100001', `${wholeEpochs} 100001`],
  ['epochs', '', `${wholeEpochs} nothing`],
  ['learningRate', '0', `${aRate} 0`],
  ['learningRate', '-0.1', `${aRate} -0.1`],
  ['learningRate', '', `${aRate} nothing`],
  ['learningRateDecay', '-1e-9', `${aDecay} -1e-9`],
  ['learningRateDecay', '', `${aDecay} nothing`],
  ['testSplit', '0', `${aShare} 0`],
  ['testSplit', '1', `${aShare} 1`],
  ['testSplit', '', `${aShare} nothing`],
  ['l2', '-1', `${aPenalty} -1`],
  ['tolerance', '-1e-5', `${aTolerance} -1e-5`],
  ['seed', '-1', `${aSeed} -1`],
  ['seed', '0.5', `${aSeed} 0.5`],
  ['seed', '4294967296', `${aSeed} 4294967296`],
  ['seed', '', `${aSeed} nothing`],
];

/** The address of the model on offer: each training makes another. */
async function modelOnOffer(page: Page): Promise<string | null> {
  if (!(await page.locator('#take').isVisible())) await openTab(page, 'take');
  return page.getByRole('link', { name: 'model.json', exact: true }).getAttribute('href');
}

/** Trains too slowly to finish meanwhile, and stops after some epochs: resolves to how many are left. */
async function trainAndStop(page: Page, button: '#start' | '#resume', least: number): Promise<number> {
  await page.selectOption('#pace', '10');
  await page.click(button);
  await eventually(
    () => factsOf(page),
    ({ Epoch }) => Number(Epoch) >= least,
  );
  await page.click('#stop');
  await page.locator('#resume:enabled').waitFor();
  return Number((await factsOf(page))['Epochs left']);
}

const complaintOf = (page: Page) => page.locator('#complaint').textContent();

/** Asserts that nothing is left half done: a training can be started, and results in the default model. */
async function checkRecovery(t: Test, page: Page, model: Buffer): Promise<void> {
  await page.selectOption('#pace', '0');
  await train(page, defaults);
  t.ok(await page.isDisabled('#stop'));
  t.ok(await page.isDisabled('#resume'));
  t.equal(await complaintOf(page), '');
  t.ok((await download(page, 'model.json')).equals(model));
}

await testInChromium(t, async (test) => {
  const model = (await trainAtTerminal(t))('model.json');

  await test('each number of the form is the flag of its name', {}, async (t, page) => {
    await trained(page);
    for (const [numbers, flags] of settings) {
      const [read] = await Promise.all([trainAtTerminal(t, flags), train(page, { ...defaults, ...numbers })]);
      for (const name of ['model.json', 'metrics.json']) {
        t.equal(`${await download(page, name)}`, `${read(name)}`, `${name} ${flags.join(' ')}`);
      }
      t.equal(read('model.json').equals(model), flags.length === 0);
    }
  });

  await test('each further option is the flag of its name', {}, async (t, page) => {
    await trained(page);
    await openOptions(page);
    for (const [choices, numbers, flags] of furtherSettings) {
      for (const [id, choice] of Object.entries({
        features: 'raw',
        solver: 'gd',
        schedule: 'inverse',
        ...choices,
      })) {
        if (await page.isEnabled(`#${id}`)) await page.selectOption(`#${id}`, choice);
      }
      for (const id of furtherNumbers) {
        if (await page.isEnabled(`#${id}`)) await page.fill(`#${id}`, numbers[id] ?? '');
      }
      const traced = [...flags, '--learning-rate-trace'];
      const [read] = await Promise.all([trainAtTerminal(t, traced), train(page, {})]);
      for (const name of ['model.json', 'metrics.json', 'training_dynamics.json']) {
        t.equal(`${await download(page, name)}`, `${read(name)}`, `${name} ${flags.join(' ')}`);
      }
      const { validation } = JSON.parse(`${read('model.json')}`);
      t.equal((await factsOf(page))['Best epoch'], validation && `${validation.epoch}`);
    }
    await page.fill('#validationSplit', '');
    await page.selectOption('#solver', 'gd');
    t.ok(await page.isDisabled('#patience'));
    t.ok((await page.isEnabled('#momentum')) === false);
    await page.fill('#batchSize', '2');
    t.ok(await page.isDisabled('#tolerance'), 'it needs the gradient of all rows');
    await page.fill('#batchSize', '');
    t.ok(await page.isEnabled('#tolerance'));
  });

  await test('L-BFGS converges as in the command, and resumes after a stop', {}, async (t, page) => {
    await trained(page);
    // A learning rate that the solver ignores is not one of its options.
    await page.fill('#learningRate', '0');
    await page.selectOption('#solver', 'lbfgs');
    t.ok(await page.isDisabled('#learningRate'));
    t.ok(await page.isDisabled('#learningRateDecay'));
    const flags = ['--solver', 'lbfgs', '--l2', '0.000696'];
    const [read] = await Promise.all([trainAtTerminal(t, flags), train(page, { l2: '0.000696' })]);
    const { iterations } = JSON.parse(`${read('model.json')}`).ending;
    t.equal((await factsOf(page)).Converged, `epoch ${iterations}`);
    t.ok(await page.isDisabled('#resume'));
    t.equal(`${await download(page, 'model.json')}`, `${read('model.json')}`);
    await trainAndStop(page, '#start', 5);
    await page.selectOption('#pace', '0');
    await page.click('#resume');
    await eventually(
      () => factsOf(page),
      ({ Converged }) => Converged === `epoch ${iterations}`,
    );
    t.equal(`${await download(page, 'model.json')}`, `${read('model.json')}`);
  });

  await test('an invalid number is rejected with a message', {}, async (t, page) => {
    await trained(page);
    const [before, facts] = [await modelOnOffer(page), await factsOf(page)];
    await openOptions(page);
    for (const [id, value, sentence] of refusals) {
      const field = page.locator(`#${id}`);
      await field.fill(value);
      await page.click('#start');
      t.equal(await complaintOf(page), sentence);
      t.equal(await field.getAttribute('aria-invalid'), 'true', sentence);
      t.ok(await field.evaluate((element) => element === document.activeElement), 'it has the focus');
      t.ok(await page.isEnabled('#start'));
      t.ok(await page.isDisabled('#stop'));
      await field.fill(defaults[id as keyof typeof defaults]);
    }
    t.strictSame(await factsOf(page), facts);
    t.equal(await modelOnOffer(page), before, 'nothing was trained');

    await page.locator('#seed').press('Enter');
    await page.locator('#start:enabled').waitFor();
    t.equal(await complaintOf(page), '');
    t.equal(await page.locator('[aria-invalid="true"]').count(), 0);
    t.not(await modelOnOffer(page), before);
  });

  await test('a training that diverges says so', {}, async (t, page) => {
    await trained(page);
    await train(page, { learningRate: '1e300' });
    t.match(await complaintOf(page), /^training diverged: .* at epoch [12]; choose a smaller learning rate$/);
    await checkRecovery(t, page, model);
  });

  await test('threads change nothing, relaxed SIMD only the last digits', {}, async (t, page) => {
    await trained(page);
    await openOptions(page);
    for (const threads of ['1', '2', '8', '']) {
      await page.selectOption('#threads', threads);
      await train(page);
      t.ok((await download(page, 'model.json')).equals(model), `threads: ${threads}`);
    }
    await page.check('#arithmetic');
    await train(page);
    const relaxed = JSON.parse(`${await download(page, 'model.json')}`);
    t.equal(relaxed.options.relaxed_simd, true);
    const { weights } = JSON.parse(`${model}`);
    const differences = weights.flat().map((weight: number, i: number) => {
      return Math.abs(weight - relaxed.weights.flat()[i]);
    });
    t.ok(Math.max(...differences) < 1e-4);
    await page.uncheck('#arithmetic');
    await checkRecovery(t, page, model);
  });

  await test(
    'a stopped training has a command only if its rates do not depend on all epochs',
    {},
    async (t, page) => {
      await trained(page);
      await openOptions(page);
      await page.selectOption('#schedule', 'cosine');
      await trainAndStop(page, '#start', 3);
      await modelOnOffer(page);
      t.equal(await page.locator('#command').count(), 0);
      t.notMatch(await page.locator('#take').textContent(), 'the same on any machine');
      await page.selectOption('#pace', '0');
      await page.click('#resume');
      await page.locator('#command').waitFor();
      t.match(await page.locator('#command').textContent(), ' --epochs 150 ');
      t.match(await page.locator('#command').textContent(), ' --schedule cosine ');
    },
  );

  await test('a stopped training has a model, and resumes', {}, async (t, page) => {
    await trained(page);
    const left = await trainAndStop(page, '#start', 5);
    t.ok(left > 0 && left < 146, `${left} epochs are left`);
    t.ok(await page.isDisabled('#stop'));
    t.ok(await page.isEnabled('#start'));
    const epochs = String(150 - left);
    const read = await trainAtTerminal(t, ['--epochs', epochs, '--learning-rate-trace']);
    for (const name of ['model.json', 'metrics.json', 'training_dynamics.json']) {
      t.equal(`${await download(page, name)}`, `${read(name)}`, name);
    }
    t.match(await page.locator('#command').textContent(), ` --epochs ${epochs} `);
    await openTab(page, 'look');
    await openTab(page, 'report');
    const { test_accuracy: accuracy } = JSON.parse(`${read('metrics.json')}`);
    t.match(
      await page.locator('#report caption').textContent(),
      `${(100 * accuracy).toFixed(1)}% of 360 rows`,
    );

    // The form is for the next training, not for this one.
    for (const [id, value] of Object.entries({ seed: '99', epochs: '10', learningRate: '7' })) {
      await page.fill(`#${id}`, value);
    }
    const lessLeft = await trainAndStop(page, '#resume', 150 - left + 5);
    t.ok(lessLeft > 0 && lessLeft < left, `${lessLeft} epochs are left`);
    await page.selectOption('#pace', '0');
    await page.click('#resume');
    await page.locator('#start:enabled').waitFor();
    t.ok(await page.isDisabled('#resume'));
    t.notOk('Epochs left' in (await factsOf(page)));
    t.equal(`${await download(page, 'model.json')}`, `${model}`);
    await checkRecovery(t, page, model);
  });

  await test('a stopped training by L-BFGS has not converged', {}, async (t, page) => {
    await trained(page);
    await page.selectOption('#solver', 'lbfgs');
    await trainAndStop(page, '#start', 3);
    const stopped = await download(page, 'model.json');
    const { options, ending } = JSON.parse(`${stopped}`);
    t.strictSame(ending, { iterations: options.epochs, converged: false });
    const read = await trainAtTerminal(t, ['--solver', 'lbfgs', '--epochs', String(options.epochs)]);
    t.equal(`${stopped}`, `${read('model.json')}`);
  });

  await test('clicks that come faster than their effects', {}, async (t, page) => {
    await trained(page);
    const click = (...ids: string[]) =>
      page.evaluate((ids) => {
        for (const id of ids) document.getElementById(id)?.click();
      }, ids);
    const rest = async () => {
      await page.locator('#start:enabled').waitFor();
      t.match(await complaintOf(page), /^(The training was stopped before its first epoch\.)?$/);
      t.ok(await page.isDisabled('#stop'));
    };
    for (const pace of ['0', '60']) {
      await page.selectOption('#pace', pace);
      await click('start', 'stop');
      await rest();
      if (await page.isEnabled('#resume')) {
        await click('resume', 'stop');
        await rest();
      }
      await click('start', 'start', 'stop', 'stop');
      await rest();
    }
    await checkRecovery(t, page, model);
  });

  await test('the race runs until it is stopped', {}, async (t, page) => {
    await trained(page);
    const race = page.locator('#race');
    const button = page.locator('#race-start');
    const rounds = async () => Number(/after (\d+) of/.exec(`${await race.textContent()}`)?.[1] ?? 0);
    await button.click();
    const first = await eventually(rounds, (count) => count > 0);
    t.ok((await eventually(rounds, (count) => count > first)) > first);
    t.match(await race.textContent(), /\d\.\d×\s+as fast, by the median epoch of\s+1,797 × 64 × 10/);
    t.equal(await button.textContent(), 'Stop');
    await button.click();
    await race.getByRole('button', { name: 'Race' }).waitFor();
    const reached = await rounds();
    t.ok(reached >= first);
    t.equal(await race.locator('[role=alert]').textContent(), '');
    await checkRecovery(t, page, model);
    t.equal(await rounds(), reached, 'it goes on no more');

    await button.click();
    t.equal(await button.textContent(), 'Stop');
    await eventually(rounds, (count) => count > 0);
    await checkRecovery(t, page, model);
    await race.getByRole('button', { name: 'Race' }).waitFor();
    t.equal(await race.locator('[role=alert]').textContent(), '');
  });
});
