/** What a page, which has no files, has in place of spool files, and of the modules that need them (`#with-files/`). */
function refuse(): never {
  throw new Error('a page keeps tables in memory: expected no limit of memory, or a smaller table');
}

export {
  refuse as arrangeInSteps,
  refuse as closeSpool,
  refuse as createSpool,
  refuse as feedFromTable,
  refuse as placesByRow,
  refuse as planWindows,
  refuse as readSpool,
  refuse as readSpoolAhead,
  refuse as SpooledValues,
  refuse as spoolReader,
  refuse as streamTiles,
  refuse as writeSpool,
};
