/**
 * The difference between two JSON values. The dataflows of a chart for different looks differ in a few colours and in
 * their headings: the package has one of them, and what to change for each look.
 */

/** A value to put at a place: the keys that lead to it, from the outside in. */
export type Change = readonly [path: readonly string[], value: unknown];

/** An object or an array, by key or index. */
interface Tree {
  [key: string]: unknown;
}

/** The changes that turn one tree into another. A part that has lost a key is replaced as a whole. */
export function changesBetween(from: object, to: object): Change[] {
  const [before, after] = [from as Tree, to as Tree];
  return Object.entries(after).flatMap(([key, value]): Change[] => {
    const old = before[key];
    if (old === value && Object.hasOwn(before, key)) return [];
    if (!isTree(old) || !isTree(value) || !canBecome(old, value)) return [[[key], value]];
    return changesBetween(old, value).map(([path, part]) => [[key, ...path], part]);
  });
}

/** Makes the changes, in place. */
export function makeChanges(tree: object, changes: readonly Change[]): void {
  for (const [path, value] of changes) {
    const parent = path.slice(0, -1).reduce((part, key) => part[key] as Tree, tree as Tree);
    parent[path[path.length - 1]] = value;
  }
}

/** Whether one tree becomes the other by replacing and adding values, without taking any away. */
function canBecome(before: Tree, after: Tree): boolean {
  return (
    Array.isArray(before) === Array.isArray(after) &&
    Object.keys(before).every((key) => Object.hasOwn(after, key))
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}
