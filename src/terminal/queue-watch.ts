/** What people are told of a queue. */
import { counted } from '../text.js';
import { type QueueAddress, shownAddress } from '../trials/staffs/queue/server.js';
import type { QueueState } from '../trials/staffs/queue/staff.js';
import { tell } from './notices.js';
import { QUEUE_NAME } from './queue-flags.js';

/** Time in which a second Ctrl-C removes the jobs, in milliseconds. */
const GRACE_MS = 5000;

/** Tells on stderr what is wrong with a server, once as long as it is the same, and when it answers again. */
export function tellOfFaults(address: QueueAddress): (fault: string | undefined) => void {
  let last: string | undefined;
  return (fault) => {
    if (fault !== last) tell(`${shownAddress(address)}: ${fault ?? 'it answers again'}`);
    last = fault;
  };
}

/** Tells on stderr, each once, why nobody works, why workers give trainings back, and what is wrong with the server. */
export function tellOfQueue(address: QueueAddress): (state: QueueState) => void {
  const told = new Set<string>();
  const tellFault = tellOfFaults(address);
  return ({ workers, refusals, fault }) => {
    tellFault(fault);
    const lines = refusals.map(
      ({ worker, refused }) => `the worker ${worker} gives trainings back: ${refused}`,
    );
    if (workers === 0 && fault === undefined) {
      const words = address.name === QUEUE_NAME ? '' : ` --queue-name ${address.name}`;
      lines.push(
        `no worker is connected: start some with digits work --queue ${shownAddress(address)}${words}`,
      );
    }
    for (const line of lines.filter((each) => !told.has(each))) {
      told.add(line);
      tell(line);
    }
  };
}

/**
 * After the first Ctrl-C, the process ends in a moment, and the jobs stay in the queue; a second one removes them.
 *
 * @param abandon removes them
 * @returns a function that ends this, to be called once
 */
export function removeOnSecondInterrupt(abandon: () => Promise<unknown>): () => void {
  let count = 0;
  const interrupt = (_name: string, number: number) => {
    const exit = () => process.exit(128 + number);
    count++;
    if (count === 1) {
      tell(
        `the trainings without a result stay in the queue: Ctrl-C again within ${counted(GRACE_MS / 1000, 'second')} removes them`,
      );
      setTimeout(exit, GRACE_MS);
    } else if (count === 2) {
      abandon()
        .then(
          () => tell('the trainings without a result are removed from the queue'),
          (error) => tell(`they can't be removed: ${error.message}; digits sweep --abandon does it later`),
        )
        .finally(exit);
    } else exit();
  };
  process.on('SIGINT', interrupt);
  return () => process.off('SIGINT', interrupt);
}
