import { proxy, wrap } from 'comlink';
import { type Address, formatAddress, parseAddress } from './address.js';
import { showBadge } from './badge.js';
import { type ExampleName, isExample } from './examples.js';
import { createLearnTab } from './learn-tab.js';
import { type Lesson, missingLessons } from './lessons.js';
import { createLinkButton } from './link-panel.js';
import { createLookPanel } from './look-panel.js';
import { elementOf } from './page.js';
import type { PageWorker, TableSummary } from './page-worker.js';
import { percent } from './quantity.js';
import { createRacePanel } from './race-panel.js';
import type { Subject } from './subject.js';
import { createTableChoice } from './table-choice.js';
import { createTabs } from './tabs.js';
import { createTakePanel } from './take-panel.js';
import { createTeachPanel, type Lessons } from './teach-panel.js';
import { explainTerms } from './terms.js';
import { failed, thread } from './thread.js';
import { createTrainPanel } from './train-panel.js';
import type { Progress, Report } from './training.js';
import { createTryPanel } from './try-panel.js';

createLinkButton();
explainTerms();
const worker = wrap<PageWorker>(thread);

const look = createLookPanel(
  {
    rowsOf: (actual, predicted, limit) => worker.rowsOf(actual, predicted, limit),
    meanContributions: () => worker.meanContributions(),
  },
  () => remember('replace'),
);
const attempt = createTryPanel({
  sampleRow: async () => worker.sample(),
  onRead(reading, classes) {
    teaching.ask(reading && classes[reading.predicted], classes);
    learning.read(reading);
    remember('replace');
  },
});
const teaching = createTeachPanel({
  lesson: (label) => attempt.lesson(label),
  put: (lesson) => attempt.put(lesson?.drawing, lesson?.cells, lesson && `Your ${lesson.label}`),
  readAll: (rows) => attempt.readAll(rows),
  learn,
});
const learning = createLearnTab(async () => {
  const [{ createLearnPanel }, replay] = await Promise.all([import('./learn/panel.js'), worker.replay()]);
  return createLearnPanel(elementOf('learn', HTMLElement), {
    replay,
    train: () => training.step(),
    onStep: () => remember('push'),
  });
});
const take = createTakePanel(
  elementOf('take', HTMLElement),
  async () => {
    const { drawPng } = await import('./chart.js');
    return worker.files(proxy(drawPng));
  },
  async (file) => {
    const subject = await worker.openModel(file);
    training.clear();
    await show(subject);
    void showBadge(undefined, {});
  },
);

async function show(subject: Subject): Promise<void> {
  const { metrics } = subject.payloads;
  elementOf('verdict', HTMLElement).textContent = metrics
    ? `${percent(metrics.test_accuracy)} of ${subject.rows} right`
    : 'This model does not fit the table that is open';
  look.show(subject);
  attempt.show(subject);
  take.show(subject, isExample(opened) ? opened : undefined);
  learning.show();
  await teaching.show();
}

const training = createTrainPanel(
  {
    train: (settings, report) => worker.train(settings, followed(report)),
    resume: (pace, report) => worker.resume(pace, followed(report)),
    step: (report) => worker.step(followed(report)),
    stop: () => void worker.stop(),
  },
  async ({ subject, left }) => {
    const isKnown = opened === 'digits' && left === 0 && teaching.lessonsOf('digits').length === 0;
    void showBadge(isKnown ? subject.model : undefined, training.given);
    await show(subject);
  },
  () => remember('push'),
  look.mark,
);
/** A report that the tab Learn gets, too. */
function followed(report: Report) {
  return proxy((progress: Progress) => {
    void report(progress);
    learning.follow(progress);
  });
}

const race = createRacePanel(
  elementOf('race', HTMLElement),
  (rounds, report) => worker.race(rounds, proxy(report)),
  () => void worker.stop(),
);
const tabs = createTabs(elementOf('tabs', HTMLElement), (panel) => {
  if (panel === 'take') take.enter();
  if (panel === 'look') look.enter();
  if (panel === 'learn') learning.enter();
  remember('push');
});
// On wide screens the training is beside the tabs, on narrow ones it is one of them.
const narrow = matchMedia('(max-width: 60rem)');
const arrange = () =>
  elementOf('train', HTMLElement).setAttribute('role', narrow.matches ? 'tabpanel' : 'region');
arrange();
narrow.addEventListener('change', () => {
  arrange();
  if (tabs.shown === 'train') tabs.show('try');
});

const choice = createTableChoice(
  {
    formats: () => worker.formats(),
    columnNames: (file, options) => worker.columnNames(file, options),
    openDigits: () => worker.openDigits(teaching.lessonsOf('digits')),
    openTable: (file, options, onRead) => worker.openTable(file, options, proxy(onRead)),
    stop: () => void worker.stopReading(),
  },
  use,
  training.complain,
);

/** Trains on the table that was opened. */
function use(table: TableSummary, example?: ExampleName): Promise<void> {
  opened = example ?? table.teaches ?? 'own';
  race.clear();
  training.suit(table);
  teaching.use(table.teaches);
  return training.train();
}

/** Trains with lessons; as long as there are too few symbols, the model of the digits answers. */
async function learn(what: Lessons, lessons: readonly Lesson[]): Promise<void> {
  if (what === 'symbols' && missingLessons(lessons) !== '') {
    if (opened !== 'digits') await learn('digits', teaching.lessonsOf('digits'));
    teaching.use(what);
    return;
  }
  const table = await (what === 'digits' ? worker.openDigits(lessons) : worker.openSymbols(lessons));
  choice.show(table);
  await use(table);
}

// By default, the browser would open a dropped file in place of the page.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  openFiles(event.dataTransfer?.files);
});
addEventListener('paste', ({ clipboardData }) => openFiles(clipboardData?.files));

/** Opens a picture, a model, or else a table. */
function openFiles(files: FileList | undefined): void {
  const [file] = files ?? [];
  if (!files || !file) return;
  if (/^image\/(png|jpeg)$/.test(file.type)) {
    tabs.show('try');
    attempt.open(file, file.name);
  } else if (/\.json$/i.test(file.name)) {
    tabs.show('take');
    void take.open(file);
  } else {
    choice.ask(files);
  }
}

/** The table that is open: `digits`, `symbols`, the name of an example, or `own` for one from a file. */
let opened = '';
/** Whether the page is being brought to what an address says. */
let isRestoring = false;
/** The address that was opened last. */
let sent: Address = { options: {} };

/** Writes what is shown into the address: as a step that Back undoes, or in place of the last. */
function remember(how: 'push' | 'replace'): void {
  const { view } = look;
  const { drawing } = attempt;
  const meant = drawing && meaningOf(drawing);
  const address = formatAddress({
    ...(opened !== 'digits' && { table: opened }),
    ...(tabs.shown !== 'try' && { tab: tabs.shown }),
    ...(view !== undefined && { view }),
    ...(tabs.shown === 'learn' && learning.step !== undefined && { step: learning.step }),
    ...(drawing && { drawing }),
    ...(meant !== undefined && { meant }),
    options: training.given,
  });
  if (address === location.hash) return;
  const url = address || location.pathname + location.search;
  if (how === 'push' && !isRestoring) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

/** What a drawing was meant to be, if the visitor or the sender of the link has said so. */
function meaningOf(drawing: string): string | undefined {
  const taught = (['digits', 'symbols'] as const).flatMap((what) => teaching.lessonsOf(what));
  return (
    taught.findLast((lesson) => lesson.drawing === drawing)?.label ??
    (drawing === sent.drawing ? sent.meant : undefined)
  );
}

function openTab(tab = 'try'): void {
  tabs.show(tab);
  const isShown = tabs.shown === tab && (tab !== 'train' || narrow.matches);
  if (!isShown) tabs.show('try');
}

/** Brings the page to what an address says. */
async function restore(address: Address): Promise<void> {
  isRestoring = true;
  sent = address;
  openTab(address.tab);
  look.open(address.view);
  learning.open(address.step);
  attempt.put(address.drawing, undefined, address.meant && `Drawn as ${address.meant}`);
  const { table = 'digits' } = address;
  // A table from a file stays in its page: another page opens the digits.
  const isOther = table === 'own' ? opened === '' : table !== opened;
  const hasOther = JSON.stringify(address.options) !== JSON.stringify(training.given);
  const what = table === 'symbols' ? 'symbols' : 'digits';
  try {
    training.fill(address.options);
    if (isOther && isExample(table)) await choice.openExample(table);
    else if (isOther) await learn(what, teaching.lessonsOf(what));
    else if (hasOther) await training.train();
  } catch (error) {
    training.complain(error);
  }
  isRestoring = false;
}

addEventListener('popstate', () => void restore(parseAddress(location.hash)));

void failed.then(() =>
  training.complain(
    new Error('The part of this page that computes could not be loaded. Reload the page to try again.'),
  ),
);
await restore(parseAddress(location.hash));
remember('replace');

// Only now, since it loads the whole page. If the browser does not allow it, the page only works online.
if (import.meta.env.PROD) navigator.serviceWorker?.register('./service-worker.js').catch(() => {});
