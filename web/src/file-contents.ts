/** What the files of a model contain. It is loaded when they are made. */
import { artifacts, modelExports } from 'digit-classifier/artifacts';

const contents = new Map<string, string>([
  ['digits.zip', 'all of these files'],
  ...artifacts.map(({ name, description }) => [`${name}.json`, description] as const),
  ...artifacts.flatMap(({ name, picture }) =>
    picture ? [[picture, `${name}.json as a picture`] as const] : [],
  ),
  ...modelExports.map(({ file, description }) => [file, `the model ${description}`] as const),
]);

/** What the file of that name contains, in a few words. */
export function contentOf(file: string): string {
  return contents.get(file) ?? '';
}
