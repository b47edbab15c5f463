import { proxy, wrap } from 'comlink';
import { parseSavedModel } from 'digit-classifier';
import { createLookPanel } from './look-panel.js';
import { elementOf } from './page.js';
import type { PageWorker } from './page-worker.js';
import { percent } from './quantity.js';
import { createRacePanel } from './race-panel.js';
import type { Subject } from './subject.js';
import { createTableChoice } from './table-choice.js';
import { createTabs } from './tabs.js';
import { createTakePanel } from './take-panel.js';
import { createTrainPanel } from './train-panel.js';
import { trustAddresses } from './trusted-addresses.js';
import { createTryPanel } from './try-panel.js';

trustAddresses();
const thread = new Worker(new URL('./page-worker.ts', import.meta.url), {
  type: 'module',
  name: 'page-worker',
});
const worker = wrap<PageWorker>(thread);

const look = createLookPanel((actual, predicted, limit) => worker.rowsOf(actual, predicted, limit));
const attempt = createTryPanel(() => worker.sample());
const take = createTakePanel(
  elementOf('take', HTMLElement),
  async () => {
    const { drawPng } = await import('./chart.js');
    return worker.files(proxy(drawPng));
  },
  async (file) => {
    const subject = await worker.openModel(parseSavedModel(await file.text()));
    training.clear();
    show(subject);
  },
);

function show(subject: Subject): void {
  const { metrics } = subject.payloads;
  elementOf('verdict', HTMLElement).textContent = metrics
    ? `${percent(metrics.test_accuracy)} of ${subject.rows} right`
    : 'This model does not fit the table that is open';
  look.show(subject);
  attempt.show(subject);
  take.show(subject);
}

const training = createTrainPanel(
  {
    train: (settings, report) => worker.train(settings, proxy(report)),
    resume: (pace, report) => worker.resume(pace, proxy(report)),
    stop: () => void worker.stop(),
  },
  show,
);
const race = createRacePanel(
  elementOf('race', HTMLElement),
  (rounds, report) => worker.race(rounds, proxy(report)),
  () => void worker.stop(),
);
const tabs = createTabs(elementOf('tabs', HTMLElement), (panel) => {
  if (panel === 'take') take.enter();
  if (panel === 'look') look.enter();
});
// On wide screens the training is beside the tabs, on narrow ones it is the first of them.
const narrow = matchMedia('(max-width: 52rem)');
const arrange = () =>
  elementOf('train', HTMLElement).setAttribute('role', narrow.matches ? 'tabpanel' : 'region');
arrange();
tabs.show(narrow.matches ? 'train' : 'look');
narrow.addEventListener('change', () => {
  arrange();
  if (tabs.shown === 'train') tabs.show('look');
});

const choice = createTableChoice(
  {
    formats: () => worker.formats(),
    openDigits: () => worker.openDigits(),
    openTable: (file, options, onRead) => worker.openTable(file, options, proxy(onRead)),
    stop: () => void worker.stopReading(),
  },
  (table) => {
    race.clear();
    training.suit(table);
    return training.train();
  },
  training.complain,
);

// By default, the browser would open a dropped file in place of the page.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const files = event.dataTransfer?.files;
  if (!files?.[0]) return;
  if (!/\.json$/i.test(files[0].name)) return choice.ask(files);
  tabs.show('take');
  void take.open(files[0]);
});

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // If the browser does not allow it, the page only works online.
  addEventListener('load', () => navigator.serviceWorker.register('./service-worker.js').catch(() => {}));
}

thread.addEventListener('error', () =>
  training.complain(
    new Error('The part of this page that computes could not be loaded. Reload the page to try again.'),
  ),
);
try {
  await worker.openDigits();
  await training.train();
} catch (error) {
  training.complain(error);
}
