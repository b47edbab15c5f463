import { type Option, type OptionName, type Options, optionNames, options } from 'digit-classifier';

/** Texts of the form's fields, by the names of their options. */
export type FieldTexts = Readonly<Partial<Record<OptionName, string>>>;

/** What the form shows for the tables that a visitor can teach, where that is not the default of `digits train`. */
export const usualOptions: Readonly<Record<'digits' | 'symbols', FieldTexts>> = {
  /** The best reader of drawings that takes less than 0.3 s: it trains as soon as the page is open. */
  digits: { features: 'rbf', components: '384', gamma: '0.1', solver: 'lbfgs' },
  /** Of three drawings of a symbol, one tests the model. */
  symbols: { testSplit: '0.34' },
};

/** The text of a box that is checked. */
export const CHECKED = 'on';

/** The options that texts of fields stand for; an empty text gives none. */
export function optionsIn(texts: FieldTexts): Options {
  return Object.fromEntries(
    optionNames.flatMap((name) => {
      const text = texts[name] ?? '';
      const { values, switchesTo }: Option = options[name];
      if (text === '') return [];
      if (switchesTo !== undefined) return text === CHECKED ? [[name, switchesTo]] : [];
      return [[name, 'lowest' in values ? Number(text) : text]];
    }),
  );
}
