/** The form of the options of a training; the build writes a field for each option, under the name of the option. */
import {
  accepts,
  expectedOf,
  idleFault,
  MAX_RECORDED_EPOCHS,
  type Option,
  type OptionName,
  type Options,
  optionNames,
  options,
  settleForAnyRows,
  type TrainedOn,
  type Values,
} from 'digit-classifier';
import { elementOf } from './page.js';
import type { Settings } from './training.js';
import { CHECKED, type FieldTexts, optionsIn, usualOptions } from './usual-options.js';

/** What the form has to know of a table. */
export type FormTable = Pick<TrainedOn, 'isDigits' | 'classes'> & {
  readonly teaches?: keyof typeof usualOptions;
};

export interface OptionsForm {
  /** Most epochs per second; 0 for no limit. */
  readonly pace: number;
  /** Replaces what the visitor has not changed by what is usual for another table. */
  suit(table: FormTable): void;
  /** The texts of the fields that don't show their default, and that of the solver; none if the form shows what is usual. */
  readonly given: FieldTexts;
  /** Writes texts into fields, and the defaults into all others; if there are none, the usual choice for the table. */
  fill(texts: FieldTexts): void;
  /** @throws RangeError if a number is out of range; its field is marked, and has the focus */
  read(): Settings;
  /** A message about an option, with the label of its field instead of its name. */
  inWordsOfTheForm(message: string): string;
}

/** Options whose field shows a default that depends on others or on the table, those that others depend on first. */
const following = optionNames
  .filter((name) => typeof optionOf(name).default === 'function' && !mayBeEmpty(name))
  .sort((a, b) => Number(b === 'solver') - Number(a === 'solver'));

function optionOf(name: OptionName): Option {
  return options[name];
}

/** Whether an empty field of an option means something. */
function mayBeEmpty(name: OptionName): boolean {
  const { default: usual, whenEmpty } = optionOf(name);
  return usual === undefined || whenEmpty !== undefined;
}

/** The page records every epoch. */
function valuesOf(name: OptionName): Values {
  const { values } = optionOf(name);
  if (name !== 'epochs') return values;
  const expected = `a whole number from 1 to ${MAX_RECORDED_EPOCHS}`;
  return { expected, lowest: 1, highest: MAX_RECORDED_EPOCHS, step: 1 };
}

/** @param onSubmit called when the visitor asks for a training */
export function createOptionsForm(onSubmit: () => void): OptionsForm {
  const form = elementOf('options', HTMLFormElement);
  const pace = elementOf('pace', HTMLSelectElement);
  const threads = elementOf('threads', HTMLSelectElement);
  if (!hasSharedMemory()) offerOneThread(threads);
  let table: FormTable = { isDigits: true, classes: 10, teaches: 'digits' };

  /** Disables the fields that a training ignores, and shows what an empty one means. */
  function arrange(): void {
    const all = givenIn(optionNames);
    const given = givenIn(optionNames.filter((name) => idleFault(name, all) === undefined));
    for (const name of optionNames) {
      const field = fieldOf(name);
      const {
        defaultInWords,
        whenEmpty = defaultInWords ?? 'none',
        classes = table.classes,
      } = optionOf(name);
      field.disabled = classes !== table.classes || idleFault(name, given) !== undefined;
      if (field instanceof HTMLInputElement) {
        field.placeholder = typeof whenEmpty === 'function' ? whenEmpty(given, table) : whenEmpty;
      }
    }
  }

  const usualTexts = (): FieldTexts => (table.teaches ? usualOptions[table.teaches] : {});
  /** What is given where the form shows what is usual. */
  let untouched: FieldTexts = {};
  let usual: Options = settleForAnyRows({}, table);
  /** Replaces the previous default in a field by the new one, unless the visitor has changed it. */
  function follow(): void {
    for (const name of following) {
      const known = givenIn(name === 'solver' ? ['features'] : ['features', 'solver']);
      const next = settleForAnyRows<Options>(known, table)[name];
      const field = fieldOf(name);
      if (isShown(field, usual[name])) field.value = String(next);
      usual = { ...usual, [name]: next };
    }
    arrange();
  }

  /** The text that a field shows by default, given the choices that it depends on. */
  function defaultText(name: OptionName, { features, solver }: Options): string {
    if (optionOf(name).switchesTo !== undefined || mayBeEmpty(name)) return '';
    const known = {
      ...(features && name !== 'features' && { features }),
      ...(solver && name !== 'solver' && { solver }),
    };
    return String(settleForAnyRows<Options>(known, table)[name]);
  }

  function givenTexts(): FieldTexts {
    const all = givenIn(optionNames);
    return Object.fromEntries(
      optionNames.flatMap((name) => {
        const text = textIn(name);
        return name === 'solver' || text !== defaultText(name, all) ? [[name, text]] : [];
      }),
    );
  }

  function fill(texts: FieldTexts): void {
    const isUsual = Object.keys(texts).length === 0;
    const chosen = isUsual ? usualTexts() : texts;
    // Defaults depend on features and solver, so these come first.
    const ordered: OptionName[] = ['features', 'solver', ...optionNames];
    for (const name of ordered)
      write(name, chosen[name] ?? defaultText(name, givenIn(['features', 'solver'])));
    usual = settleForAnyRows(givenIn(['features', 'solver']), table);
    arrange();
    if (isUsual) untouched = givenTexts();
  }

  const isUntouched = () => JSON.stringify(givenTexts()) === JSON.stringify(untouched);

  // Screen readers announce the title of a field, not that of its label.
  for (const label of form.querySelectorAll<HTMLLabelElement>('label[title]')) {
    if (label.control) label.control.title = label.title;
  }
  form.addEventListener('change', follow);
  form.addEventListener('input', arrange);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSubmit();
  });
  fill({});

  return {
    suit({ teaches, classes, isDigits = false }) {
      if (teaches === table.teaches && classes === table.classes && isDigits === table.isDigits) return;
      const wasUntouched = isUntouched();
      const previous = usualTexts();
      for (const name of optionNames) {
        if (textIn(name) === previous[name]) write(name, defaultText(name, {}));
      }
      // How many rows a training has depends on its options, so a default that follows from them is shown as a formula.
      table = { classes, isDigits, ...(teaches && { teaches }) };
      if (wasUntouched) fill({});
      else follow();
    },
    get given() {
      return isUntouched() ? {} : givenTexts();
    },
    fill,
    get pace() {
      return Number(pace.value);
    },
    read() {
      for (const name of optionNames) check(name);
      return {
        options: givenIn(optionNames.filter((name) => !fieldOf(name).disabled)),
        threads: threads.value === '' ? undefined : Number(threads.value),
        pace: Number(pace.value),
        drawings: table.teaches === 'digits' && isUntouched(),
      };
    },
    inWordsOfTheForm(message) {
      const labelOf = (option: string) => form.querySelector(`label[for="${option}"]`)?.textContent;
      return message.replace(/^\w+(?=: )/, (option) => labelOf(option) ?? option);
    },
  };
}

/** Whether the worker can share memory with threads of its own, as its training asks too. */
function hasSharedMemory(): boolean {
  return crossOriginIsolated && typeof SharedArrayBuffer === 'function';
}

function offerOneThread(threads: HTMLSelectElement): void {
  // Without a value, the training takes as many threads as it can have.
  threads.replaceChildren(new Option('1: no memory to share', ''));
  threads.disabled = true;
  const [label] = threads.labels;
  label.title =
    'Threads share memory, which this browser or the server of this page does not allow. One thread gives the same result to the last bit.';
}

type Field = HTMLInputElement | HTMLSelectElement;

/** What a field shows; of a box, whether it is checked. */
function textIn(name: OptionName): string {
  const field = fieldOf(name);
  if (optionOf(name).switchesTo === undefined) return field.value;
  return isChecked(field) ? CHECKED : '';
}

function write(name: OptionName, text: string): void {
  const field = fieldOf(name);
  if (field instanceof HTMLInputElement && optionOf(name).switchesTo !== undefined)
    field.checked = text === CHECKED;
  else field.value = text;
}

function fieldOf(name: OptionName): Field {
  const { values, switchesTo } = optionOf(name);
  const isChoice = !('expected' in values) && switchesTo === undefined;
  return isChoice ? elementOf(name, HTMLSelectElement) : elementOf(name, HTMLInputElement);
}

/** The options that are chosen, filled in, or checked. */
function givenIn(names: readonly OptionName[]): Options {
  return optionsIn(Object.fromEntries(names.map((name) => [name, textIn(name)])));
}

function isChecked(field: Field): boolean {
  return field instanceof HTMLInputElement && field.checked;
}

function isShown(field: Field, value: number | string | undefined): boolean {
  return field.value !== '' && (field.value === value || Number(field.value) === value);
}

/** @throws RangeError for another number than the field takes; the field is marked, and has the focus */
function check(name: OptionName): void {
  const field = fieldOf(name);
  const values = valuesOf(name);
  if (!(field instanceof HTMLInputElement && 'expected' in values)) return;
  const isOptional = mayBeEmpty(name);
  // The value of an input that is not a number is empty, too.
  const isEmpty = field.value === '' && !field.validity.badInput;
  const value = 'lowest' in values ? field.valueAsNumber : field.value;
  const isRight = field.disabled || (isEmpty ? isOptional : accepts(values, value));
  field.setAttribute('aria-invalid', String(!isRight));
  field.setAttribute('aria-describedby', isRight ? '' : 'complaint');
  if (isRight) return;
  const folded = field.closest('details');
  if (folded) folded.open = true;
  field.focus();
  throw new RangeError(
    `${name}: expected ${expectedOf(values)}${isOptional ? ', or nothing' : ''}, found ${field.value || 'nothing'}`,
  );
}
