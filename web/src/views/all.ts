/** All views of a model. They are one file of the page, which is loaded when the first of them is opened. */
import { artifacts, evaluationArtifacts } from 'digit-classifier/artifacts';
import type { Subject } from '../subject.js';
import { createCurves } from './curves.js';
import { createMistakes } from './mistakes.js';
import { report } from './report.js';
import { chartViews, type RowSource, type View } from './view.js';
import { createWeights } from './weights.js';

/** First the views that are more than a chart, then a chart of each artifact that none of them shows. */
export function viewsOf(source: RowSource): View[] {
  const views = [createMistakes(source), createCurves(), report, createWeights(source)];
  const shown = new Set(views.flatMap((view) => view.of));
  const others = artifacts.flatMap((artifact) =>
    artifact.chart && !shown.has(artifact.name) ? [artifact] : [],
  );
  return [...views, ...chartViews(others)];
}

/** Why a view has nothing to show of a subject; empty if it has something. */
export function reasonFor({ of }: View, { payloads }: Subject): string {
  if (of.some((name) => payloads[name])) return '';
  if (of.includes('importance') && payloads.training_dynamics)
    return 'This takes long on so large a table: digits train --importance computes it.';
  if (!evaluationArtifacts.some(({ name }) => of.includes(name)))
    return 'This model was opened from a file, which does not record the epochs of its training.';
  return 'This model does not fit the table that is open. To test it, open a table that it fits.';
}
