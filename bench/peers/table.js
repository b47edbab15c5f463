/** Formats the results: as a table for the terminal, as Markdown, and as a summary for docs/performance.md. */

/** @typedef {import('./result.js').Result} Result */

/** @param {Result} result */
export function formatTerminal(result) {
  const tables = result.sections.map((section) => ({ title: section.title, lines: cellsOf(section) }));
  const width = (/** @type {number} */ column) =>
    Math.max(...tables.flatMap(({ lines }) => lines.map((cells) => cells[column]?.length ?? 0)));
  const widths = Array.from({ length: tables[0].lines[0].length }, (_, column) => width(column));
  const format = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, i) =>
        i === 0 || i === cells.length - 1 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
      )
      .join('  ')
      .trimEnd();
  return [
    ...tables.flatMap(({ title, lines }) => [title, ...lines.map(format), '']),
    ...notesOf(result),
  ].join('\n');
}

/** @param {Result} result */
export function formatMarkdown(result) {
  const tables = result.sections.flatMap((section) => {
    const [head, ...lines] = cellsOf(section);
    return [`**${section.title}**`, '', ...table(head, lines), ''];
  });
  return [...tables, ...notesOf(result).flatMap((note) => [note, ''])].join('\n').trimEnd();
}

/**
 * One line per peer, with its times in all jobs.
 *
 * @param {Result} result
 */
export function formatSummary(result) {
  const names = [...new Set(result.sections.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const timesOf = (/** @type {string} */ name) =>
    result.sections.map(({ rows }) => rows.find((row) => row.name === name)?.times);
  const lines = names.map((name) => [
    name,
    ...timesOf(name).map((times) =>
      times ? `${formatTime(times.median)} (${formatRatio(times.ratio)})` : '',
    ),
  ]);
  const head = ['', ...result.sections.map(({ title }) => title)];
  return [...table(head, lines), '', machineOf(result)].join('\n');
}

/**
 * @param {string[]} head
 * @param {string[][]} lines
 */
function table(head, lines) {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...lines].map(
    (cells) => `|${cells.map((cell) => (cell ? ` ${cell} |` : ' |')).join('')}`,
  );
}

/** @param {import('./result.js').Section} section */
function cellsOf({ kind, rows }) {
  const time = kind === 'training' ? 'epoch' : 'time';
  return [
    ['', time, 'quartiles', 'digits = 1', 'M rows/s', 'GFLOP/s', 'of peak', 'agrees'],
    ...rows.map(({ name, times, agreement, refused }) =>
      times
        ? [
            name,
            formatTime(times.median),
            `${formatTime(times.lower)} – ${formatTime(times.upper)}`,
            formatRatio(times.ratio),
            formatNumber(times.rowsPerSecond / 1e6),
            formatNumber(times.gflops),
            `${formatNumber(100 * times.shareOfPeak)}%`,
            agreement,
          ]
        : [name, '', '', '', '', '', '', [refused, agreement].filter(Boolean).join('; ')],
    ),
  ];
}

/** @param {Result} result */
function notesOf(result) {
  const peaks = result.sections.map(({ peakGflops }) => formatNumber(peakGflops));
  return [
    `${machineOf(result)} Medians of single epochs, taken in turn.`,
    `The peak is that of 128-bit vectors on one core, in the same rounds: ${peaks.join(', ')} GFLOP/s.`,
    `${result.libraries.join(', ')}.`,
    ...result.absent.map(({ name, reason }) => `Not available: ${name}: ${reason}.`),
  ];
}

/** @param {Result} result */
function machineOf({ machine, date, quick }) {
  const { threads, cpu, system, node, v8 } = machine;
  return `${quick ? '--quick. ' : ''}${threads} cores of ${cpu}, ${system}, Node ${node} (V8 ${v8}), ${date}.`;
}

/** @param {number} seconds */
function formatTime(seconds) {
  if (seconds < 1e-3) return `${formatNumber(seconds * 1e6)} µs`;
  return seconds < 1 ? `${formatNumber(seconds * 1e3)} ms` : `${formatNumber(seconds)} s`;
}

/** @param {number} ratio */
function formatRatio(ratio) {
  return Number.isFinite(ratio) ? `${formatNumber(ratio)} ×` : '–';
}

/**
 * Formats a number to three digits, with at most two decimals.
 *
 * @param {number} value
 */
function formatNumber(value) {
  if (value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}
