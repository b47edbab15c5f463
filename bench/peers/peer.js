/**
 * A library, or a way of using one, that can do the same jobs as `digits`.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} library its name and version
 * @property {boolean} threaded whether it may use more than one thread
 * @property {(job: import('./jobs.js').Training) => Promise<Runner>} [train]
 * @property {(job: import('./jobs.js').Prediction) => Promise<Runner>} [classify]
 */

/**
 * A peer working on a job, with the data laid out as it prefers.
 *
 * @typedef {object} Runner
 * @property {(count: number) => Promise<Turn>} turn runs the next `count` epochs, or classifies all rows `count` times
 * @property {() => void | Promise<void>} close
 */

/**
 * @typedef {object} Turn
 * @property {number[]} seconds of each epoch or classification
 * @property {ArrayLike<number | bigint>} outcome the loss of each epoch, before its step, or the classes of the last
 * classification
 */

/**
 * A runner that takes one step per epoch and returns the loss, timed from the call until the number is there.
 *
 * @param {() => number} epoch
 * @param {() => void} [close]
 * @returns {Runner}
 */
export function trainingRunner(epoch, close = () => {}) {
  return {
    async turn(count) {
      const seconds = [];
      const losses = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        losses.push(epoch());
        seconds.push((performance.now() - start) / 1000);
      }
      return { seconds, outcome: losses };
    },
    close,
  };
}

/**
 * A runner that classifies all rows, timed from the call until the classes are there.
 *
 * @param {() => ArrayLike<number | bigint> | Promise<ArrayLike<number | bigint>>} classify
 * @param {() => void} [close]
 * @returns {Runner}
 */
export function classifyingRunner(classify, close = () => {}) {
  return {
    async turn(count) {
      const seconds = [];
      /** @type {ArrayLike<number | bigint>} */
      let outcome = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        outcome = await classify();
        seconds.push((performance.now() - start) / 1000);
      }
      return { seconds, outcome };
    },
    close,
  };
}
