/** Spool files in a page, which has none. */
function refuse(): never {
  throw new Error('a page keeps tables in memory: expected no limit of memory, or a smaller table');
}

export {
  refuse as closeSpool,
  refuse as createSpool,
  refuse as readSpool,
  refuse as readSpoolAhead,
  refuse as writeSpool,
};
