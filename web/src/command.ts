/** The command line that does the same as the page. */
import { commandLine, commandWords, optionsToGive, type RunPlan, trainedOn } from 'digit-classifier';
import { artifacts, modelExports } from 'digit-classifier/artifacts';
import type { DatasetOptions } from 'digit-classifier/tables';

/** The arguments with which `digits train` reads the same table. */
export function tableWords({ name }: File, options: DatasetOptions): string[] {
  const { label, labels, drop = [], category = [], onMissing, missing = [] } = options;
  const { format, delimiter, header, decimal, thousands, encoding } = options;
  return [
    '--data',
    name,
    ...(label === undefined ? [] : ['--label', label]),
    ...(labels === undefined ? [] : ['--labels', labels instanceof File ? labels.name : 'labels']),
    ...drop.flatMap((column) => ['--drop', column]),
    ...category.flatMap((column) => ['--category', column]),
    ...(onMissing === undefined ? [] : ['--on-missing', onMissing]),
    ...missing.flatMap((word) => ['--missing', word]),
    ...(format === undefined ? [] : ['--format', format]),
    ...(delimiter === undefined ? [] : ['--delimiter', delimiter === '\t' ? 'tab' : delimiter]),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...(decimal === undefined ? [] : ['--decimal', decimal]),
    ...(thousands === undefined ? [] : ['--thousands', thousands]),
    ...(encoding === undefined ? [] : ['--encoding', encoding]),
  ];
}

/** The command that trains with the same options and makes the same files. */
export function trainingCommand({ dataset, options, sides }: RunPlan, table: readonly string[]): string {
  const files = artifacts.flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`]));
  const formats = modelExports.map(({ format }) => format).join(',');
  const given = optionsToGive(options, trainedOn(dataset, sides.train, options));
  const words = [...table, ...commandWords(given), ...files, '--export', formats];
  return commandLine(['digits', 'train', ...words]);
}
