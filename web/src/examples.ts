/** The example tables; `examples/README.md` says where they come from. */

/** The address of each file, by the name of its table. */
const addresses = {
  iris: new URL('../examples/iris.csv', import.meta.url),
  penguins: new URL('../examples/penguins.csv', import.meta.url),
  wine: new URL('../examples/wine.csv', import.meta.url),
};

export type ExampleName = keyof typeof addresses;

export function isExample(name: string): name is ExampleName {
  return Object.hasOwn(addresses, name);
}

export function exampleAddress(name: ExampleName): string {
  return addresses[name].href;
}

/** The file of an example, which is kept for later calls. */
export function exampleFile(name: ExampleName): Promise<File> {
  const known = files.get(name);
  if (known) return known;
  const file = load(name);
  files.set(name, file);
  // The network may be back the next time.
  file.catch(() => files.delete(name));
  return file;
}

const files = new Map<ExampleName, Promise<File>>();

async function load(name: ExampleName): Promise<File> {
  const found = await fetch(addresses[name]).catch(() => undefined);
  if (!found?.ok) {
    throw new Error(`The example ${name}.csv could not be loaded. Is the network there? Try again.`);
  }
  return new File([await found.blob()], `${name}.csv`, { type: 'text/csv' });
}
