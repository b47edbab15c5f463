import { openFontFamily, palettes } from '../charts/theme.js';
import { Html } from '../html.js';

const { paper, dark } = palettes;

/**
 * The style of a report. Pictures are drawn for paper; on a dark screen they have no background, their lightness is turned
 * around, and their hues stay. On a small screen they are wider than it and scroll, because their texts would be too small to
 * read. DejaVu is wider than the font with which pictures are laid out, so it is set smaller.
 */
export const style = new Html(`
@font-face { font-family: "DejaVu Narrowed"; src: local("DejaVu Sans"); size-adjust: 93%; }
@font-face { font-family: "DejaVu Narrowed"; src: local("DejaVu Sans Bold"); size-adjust: 85%; font-weight: 600 700; }
:root { --surface: ${paper.surface}; --ink: ${paper.ink}; --muted: ${paper.muted}; --line: ${paper.line}; --mark: ${paper.hues.orange}; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 15px/1.5 ${openFontFamily}; }
main { max-width: 1280px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 36px 0 8px; }
h3 { font-size: 15px; margin: 0; }
p { margin: 4px 0 8px; max-width: 80ch; }
pre { background: var(--line); padding: 10px 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 18px 3px 0; border-bottom: 1px solid var(--line); max-width: 40ch; overflow-wrap: break-word; }
th { color: var(--muted); font-weight: 600; }
.number { display: block; text-align: right; }
td.number { display: table-cell; }
.finding { border-left: 4px solid var(--mark); padding: 2px 0 2px 14px; margin: 14px 0; }
figure { margin: 16px 0; overflow-x: auto; }
figure > svg.marks { display: block; max-width: max(100%, 640px); height: auto; }
.hint { display: none; color: var(--muted); }
.rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 18px; }
.row { margin: 0; }
.row > svg { width: 96px; height: 96px; border: 1px solid var(--line); fill: currentColor; }
figcaption { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
@media screen and (max-width: 700px) {
  main { padding: 20px 16px; }
  th, td { padding-right: 12px; }
  .hint { display: block; }
}
@media screen and (prefers-color-scheme: dark) {
  :root { --surface: ${dark.surface}; --ink: ${dark.ink}; --muted: ${dark.muted}; --line: ${dark.line}; --mark: ${dark.hues.orange}; }
  figure > svg.marks { filter: invert(0.89) hue-rotate(180deg); }
  figure > svg.marks > rect { fill: none; }
}
@media print {
  @page { margin: 14mm; }
  main { padding: 0; }
  table { font-size: 11px; }
  th, td { padding-right: 8px; }
  th { min-width: 6ch; overflow-wrap: anywhere; }
  figure, .finding, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  figure > svg.marks { width: auto; max-width: 100%; max-height: 145mm; }
}
`);
