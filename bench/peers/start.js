/** `npm start`: compares digits with other libraries that do the same, on this machine. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const USAGE = `Usage: npm start -- [--quick] [--only NAME]... [--python COMMAND] [--json | --markdown]

  --quick           smaller tables and fewer rounds: half a minute instead of three
  --only NAME       only peers whose name contains NAME, and digits; may be given several times
  --python COMMAND  the Python whose NumPy to use; by default python3 or /usr/bin/python3
  --json            print one JSON object instead of a table
  --markdown        print the tables in Markdown
  --refresh         also write them to README.md here, and a summary to docs/performance.md
`;

const MODULES = {
  digits: './digits.js',
  'plain JavaScript': './plain-javascript.js',
  'TensorFlow.js': './tensorflow.js',
  'ONNX Runtime Web': './onnxruntime-web.js',
  'ONNX Runtime, native': './onnxruntime-node.js',
  NumPy: './numpy.js',
};

class UsageError extends Error {}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        python: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        refresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * All peers that are available here, and the reasons why others are not.
 *
 * @param {readonly string[]} pythons
 */
async function loadPeers(pythons) {
  /** @type {import('./peer.js').Peer[]} */
  const peers = [];
  /** @type {import('./result.js').Result['absent']} */
  const absent = [];
  for (const [name, file] of Object.entries(MODULES)) {
    try {
      const { load } = await import(file);
      peers.push(...(await load(pythons)));
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      absent.push({ name, reason });
    }
  }
  return { peers, absent };
}

/** @param {string} what */
function showProgress(what) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${what}`);
}

/**
 * @param {URL} file
 * @param {string} text replaces what is between the two marks
 */
async function replaceBetweenMarks(file, text) {
  const old = await readFile(file, 'utf8');
  const marked = /(<!-- measured -->\n).*?(<!-- \/measured -->)/s;
  if (!marked.test(old))
    throw new Error(`${file.pathname} has no marks <!-- measured --> and <!-- /measured -->`);
  await writeFile(
    file,
    old.replace(marked, (_, open, close) => `${open}\n${text}\n\n${close}`),
  );
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { jobs } = await import('./jobs.js');
  const { loadPeak } = await import('./peak.js');
  const { race } = await import('./race.js');
  const { BASE, describeMachine, summarise } = await import('./result.js');
  const { formatMarkdown, formatSummary, formatTerminal } = await import('./table.js');

  showProgress('loading');
  const { peers, absent } = await loadPeers(
    options.python ? [options.python] : ['python3', '/usr/bin/python3'],
  );
  if (!peers.some(({ name }) => name === BASE))
    throw new Error(`digits itself is not available: ${absent[0].reason}`);
  const wanted = options.only.map((name) => name.toLowerCase());
  const chosen = peers.filter(
    ({ name }) =>
      wanted.length === 0 || name === BASE || wanted.some((part) => name.toLowerCase().includes(part)),
  );
  if (wanted.length > 0 && chosen.length === 1) {
    throw new UsageError(
      `--only: no peer has such a name; there are: ${peers.map(({ name }) => name).join('; ')}`,
    );
  }

  const peak = await loadPeak();
  const sections = [];
  for (const pending of jobs(options.quick)) {
    showProgress('making a table and its answers');
    const job = await pending;
    const { entries, peaks } = await race(job, chosen, peak, (what) => showProgress(`${job.title}: ${what}`));
    sections.push(summarise(job, entries, peaks));
  }
  showProgress('');

  const result = {
    date: new Date().toISOString().slice(0, 10),
    quick: options.quick,
    machine: describeMachine(),
    libraries: [...new Set(chosen.map(({ library }) => library))],
    absent,
    sections,
  };
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else console.log(options.markdown ? formatMarkdown(result) : formatTerminal(result));
  if (options.refresh) {
    await replaceBetweenMarks(new URL('README.md', import.meta.url), formatMarkdown(result));
    await replaceBetweenMarks(new URL('../../docs/performance.md', import.meta.url), formatSummary(result));
  }
}

try {
  await main();
} catch (error) {
  showProgress('');
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
