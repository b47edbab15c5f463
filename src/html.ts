/** HTML as text, in which all that was put in is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What can be put into HTML: text, which is escaped, and HTML. */
type Part = string | number | Html | readonly Html[];

/** A tagged template of HTML: html`<td>${name}</td>`. Values may stand between tags and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + textOf(parts[index - 1]) + string));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
