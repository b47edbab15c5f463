/** A Python literal, as far as a NumPy header may contain it. */
export type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Deeper than any NumPy type. */
const MAX_DEPTH = 16;

const TOKEN = /\s*('[^'\\\n]*'|"[^"\\\n]*"|\d+L?|True|False|None|[{}()[\]:,]|$)/y;

const constants: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** Parses strings without escapes, whole numbers, constants, lists, tuples and dicts; undefined for anything else. */
export function parseLiteral(text: string): Literal | undefined {
  const tokens = tokensOf(text) ?? [];
  let next = 0;

  function accept(token: string): boolean {
    if (tokens[next] !== token) return false;
    next++;
    return true;
  }

  /** Comma-separated items up to a closing token, with an optional trailing comma. */
  function items<Item>(close: string, item: () => Item | undefined): Item[] | undefined {
    const all: Item[] = [];
    while (!accept(close)) {
      const one = item();
      if (one === undefined) return undefined;
      all.push(one);
      if (!accept(',')) return accept(close) ? all : undefined;
    }
    return all;
  }

  function dict(depth: number): Literal | undefined {
    const entries = items('}', () => {
      const key = value(depth);
      if (typeof key !== 'string' || !accept(':')) return undefined;
      const found = value(depth);
      return found === undefined ? undefined : ([key, found] as const);
    });
    const map = new Map(entries);
    return map.size === entries?.length ? map : undefined;
  }

  function value(depth: number): Literal | undefined {
    const token = tokens[next++] ?? '';
    if (depth > MAX_DEPTH) return undefined;
    if (token === '{') return dict(depth + 1);
    if (token === '(') return items(')', () => value(depth + 1));
    if (token === '[') return items(']', () => value(depth + 1));
    if (/^\d/.test(token)) return Number.parseInt(token, 10);
    return /^['"]/.test(token) ? token.slice(1, -1) : constants.get(token);
  }

  const found = value(0);
  return next === tokens.length ? found : undefined;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const token = new RegExp(TOKEN);
  while (token.lastIndex < text.length) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) return undefined;
    if (found !== '') tokens.push(found);
  }
  return tokens;
}
