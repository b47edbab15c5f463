import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import { parallelism } from '#platform';
import { datasetSha256 } from '../data/checksum.js';
import { loadDigits } from '../data/digits.js';
import { version } from '../generated/version.js';
import { file, quiet, threadCount, wholeNumber } from '../terminal/flags.js';
import { interruptible } from '../terminal/interrupt.js';
import { tell } from '../terminal/notices.js';
import { noProgress, readTableWithProgress } from '../terminal/progress.js';
import { queueFlags, queueOf } from '../terminal/queue-flags.js';
import { storageFlags, storageOptions } from '../terminal/storage-flags.js';
import { counted, jsonText } from '../text.js';
import type { OpenTable } from '../trials/staffs/queue/worker.js';
import type { TrialData } from '../trials/trial.js';

export default class Work extends Command {
  static override summary = 'Run the trainings of sweeps and folds that others put into a queue.';

  static override description = [
    'Takes trainings from the queue of digits sweep --queue and digits train --folds --queue, on as many machines as there are, and ' +
      'writes their results there. It reads the table from the path that the sweep was given, or from --data, and gives ' +
      'trainings back, with the reason, if the table or the version of digits is another. A worker may be ended in any way: its ' +
      'unfinished trainings go to others.',
    'Works until Ctrl-C or SIGTERM: then it finishes the trainings that it runs; a second signal ends it at once. Prints a JSON object ' +
      "with the number of finished trainings to stdout. Exit codes: 0 ended by SIGTERM, 1 the queue can't be used, 2 wrong " +
      'flags, 130 ended by Ctrl-C.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> --queue redis://127.0.0.1:6379',
    '<%= config.bin %> <%= command.id %> --queue rediss://tables.example:6380 --queue-password-file secret --data /scratch/table.csv',
  ];

  static override flags = {
    ...queueFlags,
    data: file({
      description: 'table of the trainings on this machine [default: the path that the sweep was given]',
    }),
    labels: file({ description: 'file with its labels, if the sweep was given one' }),
    threads: threadCount({
      description: 'trainings to run at the same time, 1 to 8 [default: one per processor core]',
    }),
    ...storageFlags,
    lease: wholeNumber({
      helpValue: 'S',
      min: 1,
      max: 3600,
      default: 30,
      description: 'seconds without a sign of life after which others take the trainings of this worker',
    }),
    quiet,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Work);
    const address = await queueOf(flags);
    if (!address)
      throw new CLIError('expected --queue with the address of a server, such as redis://127.0.0.1:6379');
    const { threads = parallelism(), lease, data: path, labels } = flags;
    const say = flags.quiet ? () => {} : tell;
    // Loaded on demand: BullMQ is large.
    const [{ workOnQueue }, { shownAddress }, { tellOfFaults }] = await Promise.all([
      import('../trials/staffs/queue/worker.js'),
      import('../trials/staffs/queue/server.js'),
      import('../terminal/queue-watch.js'),
    ]);
    const count = { trainings: 0, given_back: 0 };
    await interruptible(
      (signal) =>
        workOnQueue(address, {
          version,
          threads,
          lease,
          signal,
          open: (data) => openTable(data, threads, { path, labels, ...storageOptions(flags) }),
          onTrial: () => {
            count.trainings++;
          },
          onRefusal: (reason) => {
            count.given_back++;
            say(`gives a training back: ${reason}`);
          },
          onFault: flags.quiet ? () => {} : tellOfFaults(address),
          onStart: () =>
            say(
              `works on ${shownAddress(address)}, ${counted(threads, 'training')} at a time; Ctrl-C ends it`,
            ),
        }),
      ['SIGINT', 'SIGTERM'],
    );
    // To be told to stop is how a worker ends.
    if (process.exitCode === 143) process.exitCode = 0;
    // What waits for a server that is away would keep the process.
    process.stdout.write(`${jsonText(count, 2)}\n`, () => process.exit());
  }
}

/** Where the table and its labels are on this machine, and how much memory they may take. */
interface OwnTable extends ReturnType<typeof storageOptions> {
  readonly path: string | undefined;
  readonly labels: string | undefined;
}

/** Reads the table of trials, and starts threads for them: this one has to give signs of life. */
async function openTable({ table }: TrialData, threads: number, own: OwnTable): Promise<OpenTable> {
  const dataset = await readTableOf(table, own);
  const { startTrialThreads } = await import('../trials/staffs/trial-threads.js');
  return { sha256: await datasetSha256(dataset), staff: startTrialThreads(dataset, threads) };
}

function readTableOf(table: TrialData['table'], own: OwnTable) {
  if (table === 'digits' && own.path === undefined) return loadDigits();
  const given = typeof table === 'object' ? table : undefined;
  const { path = given?.path, labels = given?.options.labels, ...storage } = own;
  if (path === undefined) {
    throw new Error('the table of the training came from standard input: give it with --data');
  }
  return readTableWithProgress(
    path,
    { ...given?.options, ...storage, ...(labels && { labels }) },
    noProgress,
  );
}
