/**
 * Someone who does a job as `digits` does it.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} library its name and version
 * @property {boolean} threaded whether it may use more than one thread
 * @property {(job: import('./jobs.js').Training) => Promise<Runner>} [train]
 * @property {(job: import('./jobs.js').Prediction) => Promise<Runner>} [classify]
 */

/**
 * A peer at a job, with its data where it wants them.
 *
 * @typedef {object} Runner
 * @property {(count: number) => Promise<Turn>} turn goes on with so many epochs, or classifies all rows so often
 * @property {() => void | Promise<void>} close
 */

/**
 * @typedef {object} Turn
 * @property {number[]} seconds of each epoch, or each time
 * @property {ArrayLike<number | bigint>} outcome the losses of these epochs, each before its step, or the classes
 * of the last time
 */

/**
 * A runner that steps once an epoch and returns the loss, timed from the call to the number.
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
 * A runner that classifies all rows, timed from the call to the classes.
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
