/**
 * Keywords that the schemas use beyond JSON Schema, for Ajv. A plain Ajv for draft 2020-12 accepts the schemas once they
 * are added: `for (const keyword of keywords) ajv.addKeyword(keyword)`.
 *
 * All are `code` keywords, since Ajv's standalone output supports only these and macros. Each leaves elements and
 * properties of the wrong type to the standard keywords, which run before it.
 */
import {
  _,
  type Code,
  type CodeKeywordDefinition,
  KeywordCxt,
  type KeywordErrorDefinition,
  str,
  stringify,
} from 'ajv';

/** The rounding error of a sum over a million terms stays well below. */
const relativeTolerance = 1e-9;

/** The context of a keyword, moved to a property of the data, to check the elements of that property. */
function within(cxt: KeywordCxt, property: string): KeywordCxt {
  const key = property.replaceAll('~', '~0').replaceAll('/', '~1');
  const errorPath = str`${cxt.it.errorPath}/${key}`;
  return new KeywordCxt({ ...cxt.it, data: _`${cxt.data}[${property}]`, errorPath }, cxt.def, cxt.keyword);
}

/** Reports an error of the keyword at `key`, a property or an index of the current data. */
function report(cxt: KeywordCxt, key: Code, params: Record<string, Code>): void {
  cxt.error(false, params, { instancePath: cxt.gen.const('key', key) });
}

/** Checks the elements from index `start` on, and reports the first that is wrong. */
function checkElements(
  cxt: KeywordCxt,
  start: number,
  check: (index: Code) => { wrong: Code; params: Record<string, Code> },
): void {
  const { gen, data } = cxt;
  gen.forRange('index', start, _`${data}.length`, (index) => {
    const { wrong, params } = check(index);
    gen.if(wrong, () => {
      report(cxt, _`String(${index})`, params);
      gen.break();
    });
  });
}

/** `countsFromOne: true`: the elements of the array must be 1, 2, 3 and so on. */
const countsFromOne: CodeKeywordDefinition = {
  keyword: 'countsFromOne',
  type: 'array',
  schemaType: 'boolean',
  metaSchema: { const: true },
  error: {
    message: ({ params }) => str`must be ${params.count}, since elements count from 1`,
    params: ({ params }) => _`{count: ${params.count}}`,
  },
  code: (cxt) =>
    checkElements(cxt, 0, (index) => ({
      wrong: _`${cxt.data}[${index}] !== ${index} + 1`,
      params: { count: _`(${index} + 1)` },
    })),
};

const monotonicOrders = {
  nonDecreasing: { breaks: _`<`, words: 'less' },
  nonIncreasing: { breaks: _`>`, words: 'more' },
};

/** `monotonic: "nonDecreasing"` or `"nonIncreasing"`: no number of the array may be less, or more, than the one before. */
const monotonic: CodeKeywordDefinition = {
  keyword: 'monotonic',
  type: 'array',
  schemaType: 'string',
  metaSchema: { enum: Object.keys(monotonicOrders) },
  error: {
    message: ({ params }) => str`must not be ${params.words} than the element before, ${params.previous}`,
    params: ({ params }) => _`{previous: ${params.previous}}`,
  },
  code(cxt) {
    const { breaks, words } = monotonicOrders[cxt.schema as keyof typeof monotonicOrders];
    checkElements(cxt, 1, (index) => {
      const previous = _`${cxt.data}[${index} - 1]`;
      return {
        wrong: _`${cxt.data}[${index}] ${breaks} ${previous}`,
        params: { previous, words: stringify(words) },
      };
    });
  },
};

/**
 * `fallingUnless: { rates: { solver: ["lbfgs"] } }`: no number of the object's array `rates` may be more than the one
 * before, unless a listed property of the object has one of the listed values.
 */
const fallingUnless: CodeKeywordDefinition = {
  keyword: 'fallingUnless',
  type: 'object',
  schemaType: 'object',
  metaSchema: {
    additionalProperties: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
    },
  },
  error: {
    message: ({ params }) => str`must not be more than the element before, ${params.previous}`,
    params: ({ params }) => _`{previous: ${params.previous}}`,
  },
  code(cxt) {
    const { gen, data } = cxt;
    const rules: Record<string, Record<string, string[]>> = cxt.schema;
    for (const [field, exceptions] of Object.entries(rules)) {
      const found = _`${data}[${field}]`;
      const others = Object.entries(exceptions).flatMap(([property, values]) =>
        values.map((value) => _`${data}[${property}] !== ${value}`),
      );
      const condition = [_`Array.isArray(${found})`, ...others].reduce((all, one) => _`${all} && ${one}`);
      gen.if(condition, () =>
        checkElements(within(cxt, field), 1, (index) => {
          const previous = _`${found}[${index} - 1]`;
          return { wrong: _`${found}[${index}] > ${previous}`, params: { previous } };
        }),
      );
    }
  },
};

/** `first: 0`: the array, unless empty, must start with this number. */
const first: CodeKeywordDefinition = {
  keyword: 'first',
  type: 'array',
  schemaType: 'number',
  error: { message: ({ data, schemaCode }) => str`must start with ${schemaCode}, not ${_`${data}[0]`}` },
  code: (cxt) => cxt.fail(_`${cxt.data}.length > 0 && ${cxt.data}[0] !== ${cxt.schemaCode}`),
};

const lastOf = (array: Code) => _`${array}[${array}.length - 1]`;

/** `last: 1`: the array, unless empty, must end with this number. */
const last: CodeKeywordDefinition = {
  keyword: 'last',
  type: 'array',
  schemaType: 'number',
  error: { message: ({ data, schemaCode }) => str`must end with ${schemaCode}, not ${lastOf(data)}` },
  code: (cxt) => cxt.fail(_`${cxt.data}.length > 0 && ${lastOf(cxt.data)} !== ${cxt.schemaCode}`),
};

/** `square: true`: each row of a matrix must have as many elements as there are rows. */
const square: CodeKeywordDefinition = {
  keyword: 'square',
  type: 'array',
  schemaType: 'boolean',
  metaSchema: { const: true },
  error: {
    message: ({ params }) =>
      str`must have as many elements as there are rows, ${params.rows}, not ${params.length}`,
    params: ({ params }) => _`{rows: ${params.rows}, length: ${params.length}}`,
  },
  code: (cxt) =>
    checkElements(cxt, 0, (index) => {
      const row = _`${cxt.data}[${index}]`;
      const rows = _`${cxt.data}.length`;
      return {
        wrong: _`Array.isArray(${row}) && ${row}.length !== ${rows}`,
        params: { rows, length: _`${row}.length` },
      };
    }),
};

const lengthError: KeywordErrorDefinition = {
  message: ({ params }) =>
    str`must have as many elements as ${params.of}, ${params.expected}, not ${params.length}`,
  params: ({ params }) => _`{of: ${params.of}, expected: ${params.expected}, length: ${params.length}}`,
};

/** `equalLengths: ["epochs", "losses"]`: these arrays of the object must have as many elements as the first of them. */
const equalLengths: CodeKeywordDefinition = {
  keyword: 'equalLengths',
  type: 'object',
  schemaType: 'array',
  metaSchema: { items: { type: 'string' }, minItems: 2 },
  error: lengthError,
  code(cxt) {
    const { gen, data } = cxt;
    const [model, ...others]: [string, ...string[]] = cxt.schema;
    for (const other of others) {
      const [expected, found] = [_`${data}[${model}]`, _`${data}[${other}]`];
      gen.if(
        _`Array.isArray(${expected}) && Array.isArray(${found}) && ${expected}.length !== ${found}.length`,
        () =>
          report(cxt, stringify(other), {
            of: stringify(model),
            expected: _`${expected}.length`,
            length: _`${found}.length`,
          }),
      );
    }
  },
};

/** `random.components ?? features`: the number `components` of the record `random`, or without it the array `features`. */
const COUNT = /^(?:(\w+)\.(\w+) \?\? )?(\w+)$/;

/**
 * `dimensions: { weights: ["features", "classes"] }`: the object's array `weights` must have as many elements as its
 * array `features`, and, if a second array is named, each element as many as that. Instead of `features` it may say
 * `random.components ?? features`, for the number `components` of the record `random` if there is one.
 */
const dimensions: CodeKeywordDefinition = {
  keyword: 'dimensions',
  type: 'object',
  schemaType: 'object',
  metaSchema: {
    additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
  },
  error: lengthError,
  code(cxt) {
    const { gen, data } = cxt;
    const differ = (found: Code, expected: Code) =>
      _`Array.isArray(${found}) && Array.isArray(${expected}) && ${found}.length !== ${expected}.length`;
    const lengths = (found: Code, of: string) => ({
      of: stringify(of),
      expected: _`${data}[${of}].length`,
      length: _`${found}.length`,
    });
    const rules: Record<string, [string, string?]> = cxt.schema;
    for (const [field, [ofAll, ofEach]] of Object.entries(rules)) {
      const found = _`${data}[${field}]`;
      const [, record, number, array] = COUNT.exec(ofAll) ?? [];
      const counted = record === undefined ? _`undefined` : _`Object(${data}[${record}])[${number}]`;
      gen.if(
        _`typeof ${counted} === "number"`,
        () =>
          gen.if(_`Array.isArray(${found}) && ${found}.length !== ${counted}`, () =>
            report(cxt, stringify(field), {
              of: stringify(`${record}/${number}`),
              expected: counted,
              length: _`${found}.length`,
            }),
          ),
        () =>
          gen.if(differ(found, _`${data}[${array}]`), () =>
            report(cxt, stringify(field), lengths(found, array)),
          ),
      );
      if (ofEach === undefined) continue;
      const elements = within(cxt, field);
      gen.if(_`Array.isArray(${found})`, () =>
        checkElements(elements, 0, (index) => {
          const element = _`${found}[${index}]`;
          return { wrong: differ(element, _`${data}[${ofEach}]`), params: lengths(element, ofEach) };
        }),
      );
    }
  },
};

/**
 * `newestFormat: { format_version: 1 }`: the format version of the object must not be higher. It is checked before
 * everything else about the object, since a newer format may have other keys.
 */
const newestFormat: CodeKeywordDefinition = {
  keyword: 'newestFormat',
  type: 'object',
  schemaType: 'object',
  before: 'required',
  metaSchema: { additionalProperties: { type: 'integer' } },
  error: {
    message: ({ params }) =>
      str`must be ${params.newest} or less: a newer format needs a newer digit-classifier`,
    params: ({ params }) => _`{newest: ${params.newest}}`,
  },
  code(cxt) {
    const rules: Record<string, number> = cxt.schema;
    for (const [field, newest] of Object.entries(rules)) {
      const found = _`${cxt.data}[${field}]`;
      cxt.gen.if(_`Number.isInteger(${found}) && ${found} > ${newest}`, () =>
        report(cxt, stringify(field), { newest: stringify(newest) }),
      );
    }
  },
};

/** `together: [["seed"], ["options", "epochs"]]`: either all of these properties, given by their paths, must exist or none. */
const together: CodeKeywordDefinition = {
  keyword: 'together',
  type: 'object',
  schemaType: 'array',
  metaSchema: {
    items: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    minItems: 2,
  },
  error: {
    message: ({ params }) => str`must have ${params.missing}, since ${params.present} is present`,
    params: ({ params }) => _`{missing: ${params.missing}, present: ${params.present}}`,
  },
  code(cxt) {
    const { gen, data } = cxt;
    const paths: string[][] = cxt.schema;
    const found = paths.map(
      (path) => _`${path.reduce<Code>((value, key) => _`${value}?.[${key}]`, data)} !== undefined`,
    );
    const there = gen.const('there', _`[${found.reduce((list, one) => _`${list}, ${one}`)}]`);
    const absent = gen.const('absent', _`${there}.indexOf(false)`);
    const present = _`${stringify(paths.map((path) => path.join('/')))}[${there}.indexOf(true)]`;
    paths.forEach((path, index) => {
      const [missing, parent] = path.toReversed();
      const params = { missing: stringify(missing), present };
      gen.if(_`${absent} === ${index} && ${there}.includes(true)`, () => {
        if (parent === undefined) cxt.error(false, params);
        else report(cxt, stringify(parent), params);
      });
    });
  },
};

/**
 * `keyedBy: { scores: { items: "names", besides: ["mean"] } }`: the keys of the object `scores` must be exactly the
 * strings of the array `names` and those of `besides`.
 */
const keyedBy: CodeKeywordDefinition = {
  keyword: 'keyedBy',
  type: 'object',
  schemaType: 'object',
  metaSchema: {
    additionalProperties: {
      type: 'object',
      properties: { items: { type: 'string' }, besides: { type: 'array', items: { type: 'string' } } },
      required: ['items', 'besides'],
      additionalProperties: false,
    },
  },
  error: {
    message: ({ params }) =>
      str`${params.fault} ${_`JSON.stringify(${params.key})`}; keys come from ${params.items}`,
    params: ({ params }) => _`{key: ${params.key}}`,
  },
  code(cxt) {
    const { gen, data } = cxt;
    const rules: Record<string, { items: string; besides: string[] }> = cxt.schema;
    for (const [field, { items, besides }] of Object.entries(rules)) {
      const [keyed, names] = [_`${data}[${field}]`, _`${data}[${items}]`];
      const reportKey = (key: Code, fault: string) => () => {
        report(cxt, stringify(field), { key, fault: stringify(fault), items: stringify(items) });
        gen.break();
      };
      gen.if(_`typeof ${keyed} == "object" && ${keyed} !== null && Array.isArray(${names})`, () => {
        const keys = gen.const('keys', _`new Set(${stringify(besides)}.concat(${names}))`);
        gen.forOf('key', keys, (key) => {
          gen.if(_`!Object.hasOwn(${keyed}, ${key})`, reportKey(key, 'must have the key'));
        });
        gen.forOf('key', _`Object.keys(${keyed})`, (key) => {
          gen.if(_`!${keys}.has(${key})`, reportKey(key, 'must not have the key'));
        });
      });
    }
  },
};

/** A keyword that checks a number of the object against an aggregate of one of its arrays. */
function aggregateOf(
  keyword: string,
  name: string,
  ofSum: (sum: Code, count: Code) => Code,
): CodeKeywordDefinition {
  return {
    keyword,
    type: 'object',
    schemaType: 'object',
    metaSchema: { additionalProperties: { type: 'string' } },
    error: {
      message: ({ params }) => str`must be the ${name} of ${params.terms}, ${params.expected}`,
      params: ({ params }) => _`{terms: ${params.terms}, expected: ${params.expected}}`,
    },
    code(cxt) {
      const { gen, data } = cxt;
      const rules: Record<string, string> = cxt.schema;
      for (const [field, terms] of Object.entries(rules)) {
        const [found, list] = [_`${data}[${field}]`, _`${data}[${terms}]`];
        gen.if(_`typeof ${found} == "number" && Array.isArray(${list}) && ${list}.length > 0`, () => {
          const sum = gen.let('sum', 0);
          gen.forOf('term', list, (term) => gen.add(sum, term));
          const expected = gen.const('expected', ofSum(sum, _`${list}.length`));
          gen.if(_`!(Math.abs(${found} - ${expected}) <= ${relativeTolerance} * Math.abs(${expected}))`, () =>
            report(cxt, stringify(field), { terms: stringify(terms), expected }),
          );
        });
      }
    },
  };
}

/** `sumOf: { total: "parts" }`: the number must be the sum of the array, to a relative 1e-9. */
const sumOf = aggregateOf('sumOf', 'sum', (sum) => sum);

/** `meanOf: { average: "parts" }`: the number must be the mean of the array, to a relative 1e-9. */
const meanOf = aggregateOf('meanOf', 'mean', (sum, count) => _`${sum} / ${count}`);

/** All keywords that the schemas use beyond JSON Schema, for Ajv's `addKeyword`. */
export const keywords: readonly CodeKeywordDefinition[] = [
  countsFromOne,
  monotonic,
  fallingUnless,
  first,
  last,
  square,
  equalLengths,
  dimensions,
  newestFormat,
  together,
  keyedBy,
  sumOf,
  meanOf,
];
