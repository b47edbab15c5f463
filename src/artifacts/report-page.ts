/**
 * `report.html`: a run on one page, for people. It needs no script and loads nothing. It has no dates and no times,
 * so that the same run has the same report.
 */
import type { ChartData, Draw, FindFonts } from '../charts/chart.js';
import { imageFiles } from '../charts/chart.js';
import type { Finding, Subject } from '../checks/check.js';
import { checks, findingsOf } from '../checks/registry.js';
import { columnsInWords, columnsOf } from '../data/account.js';
import { placeOf, unitOfPlaces } from '../data/dataset.js';
import type { PayloadTypes } from '../generated/payloads.js';
import { Html, html } from '../html.js';
import { describeOptions, obeyedOptions } from '../model/option-keys.js';
import type { Options } from '../model/options.js';
import type { Run } from '../run/run.js';
import { commandLine, compact, counted, grouped, percentage } from '../text.js';
import type { AnyArtifact } from './artifact.js';
import { drawnRow, hardestRows, sideOfPictures, writtenCells } from './report-rows.js';
import { style } from './report-style.js';

/** What a report is made from. */
export interface Reported extends Subject {
  /** The options as they were given. */
  readonly asked: Options;
  /** The words of the command after `digits`. */
  readonly words: readonly string[];
  /** Codes of checks to leave out. */
  readonly ignored: readonly string[];
  /** The artifacts whose pictures are shown, and their payloads; those without one are left out. */
  readonly artifacts: readonly AnyArtifact<object>[];
  readonly payloads: Partial<PayloadTypes>;
  readonly draw: Draw;
  readonly findFonts?: FindFonts;
}

/** The text of the page. */
export async function composeReport(reported: Reported): Promise<string> {
  const { run, ignored } = reported;
  const { test } = run;
  const title = `${percentage(test.accuracy)} accuracy on ${counted(test.rows.length, 'test row')}`;
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
<p>${percentage(run.trainAccuracy)} on ${counted(run.sides.train.length, 'training row')}. By digits ${run.version}.</p>
${checksSection(findingsOf(reported, ignored), ignored)}
${askedSection(reported)}
${dataSection(run)}
${await picturesSection(reported)}
${scoresSection(run)}
${hardestSection(run)}
</main>
</html>
`;
  return page.text;
}

function section(title: string, ...content: readonly Html[]): Html {
  return html`<section><h2>${title}</h2>
${content}
</section>`;
}

/** A table; numbers stand to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number | Html)[])[]): Html {
  const cells = (row: (typeof rows)[number]) =>
    row.map((cell) =>
      typeof cell === 'number' ? html`<td class="number">${grouped(cell)}</td>` : html`<td>${cell}</td>`,
    );
  return html`<div class="wide"><table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody></table></div>`;
}

function checksSection(findings: readonly Finding[], ignored: readonly string[]): Html {
  const looked = counted(checks.filter(({ code }) => !ignored.includes(code)).length, 'check');
  const left = ignored.length > 0 ? html` Ignored: ${ignored.join(', ')}.` : html``;
  if (findings.length === 0)
    return section('What is doubtful', html`<p>Nothing was found by ${looked}.${left}</p>`);
  return section(
    'What is doubtful',
    html`<p>Of ${looked}, ${findings.length === 1 ? 'one found something' : `${findings.length} found something`}.${left}</p>`,
    ...findings.map(
      ({ code, title, found, explanation, remedy }) =>
        html`<div class="finding"><h3>${code} ${title}</h3><p><strong>${found}</strong> ${explanation}</p><p>${remedy}</p></div>`,
    ),
  );
}

function askedSection({ run, asked, words }: Reported): Html {
  const given: Readonly<Record<string, string | number | boolean>> = describeOptions(asked);
  const settled: Readonly<Record<string, string | number | boolean>> = describeOptions(
    obeyedOptions(run.options),
  );
  const { ending, validation } = run.model;
  const end = ending
    ? html`<p>The training ended after ${counted(ending.iterations, 'epoch')}, ${ending.converged === false ? 'before it had converged' : `converged by ${ending.converged}`}.</p>`
    : html``;
  const best = validation
    ? html`<p>The weights of epoch ${grouped(validation.epoch)} were kept.</p>`
    : html``;
  return section(
    'What was asked',
    html`<pre>${commandLine(['digits', ...words])}</pre>`,
    table(
      ['option', 'asked', 'used'],
      Object.keys({ ...settled, ...given }).map((key) => [
        key.replaceAll('_', '-'),
        given[key] === undefined ? '' : compact(given[key]),
        settled[key] === undefined ? '' : compact(settled[key]),
      ]),
    ),
    end,
    best,
  );
}

/** Most columns to list. */
const LISTED = 200;

function dataSection({ dataset, sides }: Run): Html {
  const { train, validation, test } = sides;
  const columns = columnsOf(dataset);
  const rows = [
    counted(train.length, 'training row'),
    ...(validation ? [counted(validation.length, 'validation row')] : []),
    counted(test.length, 'test row'),
  ];
  const more = columns.length > LISTED ? html`<p>And ${grouped(columns.length - LISTED)} more.</p>` : html``;
  const listed = table(
    ['column', 'kind', 'what was decided'],
    columns
      .slice(0, LISTED)
      .map(({ name, kind, levels, why }) => [
        name,
        kind,
        why ?? (levels === undefined ? '' : counted(levels, 'level')),
      ]),
  );
  return section(
    'The data',
    html`<p>${rows.join(', ')}; ${grouped(dataset.classes.length)} classes.</p>`,
    ...(dataset.notes ?? []).map((note) => html`<p>${note}</p>`),
    ...(dataset.isDigits
      ? [html`<p>Pictures of handwritten digits: ${grouped(columns.length)} pixels, each a number.</p>`]
      : [html`<p>${columnsInWords(columns)}.</p>`, listed, more]),
  );
}

async function picturesSection({ artifacts, payloads, draw, findFonts }: Reported): Promise<Html> {
  const figures = artifacts.map(async ({ name, picture, chart }, index) => {
    const payload = payloads[name];
    if (!chart || !payload) return [];
    const hasFont = await findFonts?.(chart.names?.(payload) ?? []);
    const data = chart.data(payload, undefined, hasFont);
    return [await figureOf(picture, data, `picture${index}-`, draw)];
  });
  const hint = html`<p class="hint">Pictures and wide tables scroll sideways.</p>`;
  return section('Pictures', hint, ...(await Promise.all(figures)).flat());
}

/** A picture as a part of the page. Its own names get a prefix, since those of another picture are the same. */
async function figureOf(picture: string, data: ChartData, prefix: string, draw: Draw): Promise<Html> {
  const [file] = imageFiles(picture, ['svg']);
  const svg = new TextDecoder().decode(await draw(file, data));
  const named = svg.replaceAll(' id="', ` id="${prefix}`).replaceAll('url(#', `url(#${prefix}`);
  return html`<figure role="img" aria-label="${data.params.heading}">${new Html(named)}</figure>\n`;
}

function scoresSection({ test }: Run): Html {
  const entries = Object.entries(test.classificationReport).flatMap(([name, scores]) =>
    typeof scores === 'number' ? [] : [{ name, ...scores }],
  );
  return section(
    'Scores',
    table(
      ['class', 'precision', 'recall', 'F1 score', 'test rows'],
      entries.map((scores) => [
        scores.name,
        html`<span class="number">${percentage(scores.precision)}</span>`,
        html`<span class="number">${percentage(scores.recall)}</span>`,
        html`<span class="number">${percentage(scores['f1-score'])}</span>`,
        scores.support,
      ]),
    ),
  );
}

function hardestSection({ dataset, test, model }: Run): Html {
  const hardest = hardestRows(test, model.classes.length);
  const side = sideOfPictures(dataset);
  const told = hardest.map(({ row, actual, predicted, probability, given }) => ({
    row,
    words: [
      `${unitOfPlaces(dataset)} ${grouped(placeOf(dataset, row))}`,
      test.classes[actual],
      `${test.classes[predicted]} (${percentage(given)})`,
      percentage(probability),
    ],
  }));
  const explained = html`<p>The test rows whose class got the lowest probability.</p>`;
  if (side !== undefined) {
    const pictures = told.map(
      ({ row, words: [place, actual, predicted, probability] }) =>
        html`<figure class="row">${drawnRow(dataset, row, side)}<figcaption>${place}: ${actual}, ${probability}; taken for ${predicted}</figcaption></figure>\n`,
    );
    return section('The hardest rows', explained, html`<div class="rows">${pictures}</div>`);
  }
  const { names, cellsOf } = writtenCells(dataset);
  return section(
    'The hardest rows',
    explained,
    table(
      ['', 'class', 'predicted', 'probability of the class', ...names],
      told.map(({ row, words }) => [...words, ...cellsOf(row)]),
    ),
  );
}
