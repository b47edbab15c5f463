/** A plugin of Vite that writes a field for each training option into index.html, from the package's table of options. */
import { optionNames, options, settleForAnyRows } from 'digit-classifier';

/** The options that most trainings choose, in their order on the page; the others are behind "More options". */
const first = /** @type {const} */ ([
  'solver',
  'epochs',
  'features',
  'learningRate',
  'testSplit',
  'seed',
  'l2',
]);

/** Most letters of a choice for which the narrow field has room. */
const longestInNarrow = 8;

/** @typedef {import('digit-classifier').OptionName} OptionName */

/** @returns {import('vite').Plugin} */
export function fields() {
  const others = optionNames.filter((name) => !first.some((other) => other === name));
  return {
    name: 'fields',
    transformIndexHtml: (html) =>
      html
        .replace('<!-- fields of the first options -->', first.map(fieldOf).join('\n'))
        .replace('<!-- fields of the other options -->', others.map(fieldOf).join('\n')),
  };
}

/** @param {OptionName} name */
function fieldOf(name) {
  /** @type {import('digit-classifier').Option} */
  const { label, values, titles, switchesTo } = options[name];
  const title = escaped(titleOf(name));
  if (switchesTo !== undefined) {
    return `<div class="field check double"><span class="labelled"><label title="${title}"><input id="${name}" name="${name}" type="checkbox" /> ${label}</label>${asked(label)}</span></div>`;
  }
  const choices = 'expected' in values ? [] : values.map((value) => titles?.[value] ?? value);
  const isWide = choices.some((choice) => choice.length > longestInNarrow);
  return `<div class="field${isWide ? ' double' : ''}"><span class="labelled"><label for="${name}" title="${title}">${label}</label>${asked(label)}</span>${inputOf(name)}</div>`;
}

/**
 * A button that shows the title of the label, which nobody sees on a touch screen.
 *
 * @param {string} label
 */
function asked(label) {
  return `<button type="button" class="term mark" aria-label="What is “${label}”?">?</button>`;
}

/** @param {OptionName} name */
function inputOf(name) {
  /** @type {import('digit-classifier').Option} */
  const { values, titles, default: usual, whenEmpty } = options[name];
  if (!('expected' in values)) {
    const choices = values.map((value) => `<option value="${value}">${titles?.[value] ?? value}</option>`);
    return `<select id="${name}" name="${name}">${choices.join('')}</select>`;
  }
  if ('pattern' in values) {
    return `<input id="${name}" name="${name}" type="text" autocomplete="off" spellcheck="false" />`;
  }
  const { lowest, highest, step } = values;
  /** @type {import('digit-classifier').Options} */
  const defaults = settleForAnyRows({}, { isDigits: true });
  const mayBeEmpty = usual === undefined || whenEmpty !== undefined;
  const known = mayBeEmpty ? '' : ` value="${defaults[name]}" required`;
  const most = Number.isFinite(highest) ? ` max="${highest}"` : '';
  const mode = step === undefined ? 'decimal' : 'numeric';
  return `<input id="${name}" name="${name}" type="number" inputmode="${mode}" min="${lowest}"${most} step="${step ?? 'any'}"${known} />`;
}

/**
 * What an option means, as a sentence with the labels of other options.
 *
 * @param {OptionName} name
 */
function titleOf(name) {
  /** @type {Readonly<Record<string, import('digit-classifier').Option>>} */
  const all = options;
  const { description, defaultInWords } = all[name];
  const whenEmpty = defaultInWords === undefined ? '' : `; by default ${defaultInWords}`;
  const words = `${description}${whenEmpty}`.replace(/\{(\w+)\}/g, (_, other) => `“${all[other].label}”`);
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
