import { artifactsByName } from 'digit-classifier/artifacts';
import { type CurvePoints, curveStyles, nearestCurve } from 'digit-classifier/charts';
import { html, render, svg } from 'lit-html';
import { currentLook, elementOf } from '../page.js';
import { percent } from '../quantity.js';
import type { Subject } from '../subject.js';
import { chartIn, figureOf, type View } from './view.js';

/** Shows the ROC curves, and highlights the one that is pointed at, or chosen by its class. */
export function createCurves(): View {
  const { roc_curves: artifact } = artifactsByName;
  const drawChart = chartIn('roc-chart', artifact);

  async function draw({ payloads: { roc_curves: curves } }: Subject, panel: HTMLElement): Promise<void> {
    if (!curves) return;
    render(
      html`${figureOf('roc-chart')}
        <p id="roc-point" class="muted"></p>
        <ul id="roc-classes" class="keys"></ul>`,
      panel,
    );
    const place = elementOf('roc-chart', HTMLElement);
    const list = elementOf('roc-classes', HTMLElement);
    const point = elementOf('roc-point', HTMLElement);
    const shown = await drawChart(curves);
    await shown.set({ highlighted: -1 });
    const labels = shown.data.params.labels as readonly string[];
    /** The curve chosen by its class, which is highlighted while the pointer is at no other. */
    let chosen = -1;
    let highlighted = -1;

    function highlight(index: number): void {
      if (index === highlighted) return;
      highlighted = index;
      void shown.set({ highlighted: index });
      render(keysOf(labels, index, choose), list);
    }

    function choose(index: number): void {
      chosen = index === chosen ? -1 : index;
      highlight(chosen);
      showChosen();
    }

    function showChosen(): void {
      point.textContent = chosen < 0 ? 'Point at a curve, or choose a class.' : labels[chosen];
    }

    render(keysOf(labels, -1, choose), list);
    showChosen();
    place.onpointermove = (event) => {
      const pointed = shown.positionOf(event);
      if (!pointed) return;
      const { curves: whole, cornerCurves } = shown.data.datasets;
      const drawn = (pointed.panel === 'magnified' ? cornerCurves : whole) as readonly CurvePoints[];
      const found = nearestCurve(drawn, { fpr: pointed.x, tpr: pointed.y });
      if (!found) return;
      highlight(found.index);
      point.textContent =
        `${labels[found.index]}: ${percent(found.tpr)} of the class found, ` +
        `with ${percent(found.fpr)} of the others taken for it`;
    };
    place.onpointerleave = ({ pointerType }) => {
      // When a finger is lifted, its curve should stay highlighted.
      if (pointerType !== 'mouse') return;
      highlight(chosen);
      showChosen();
    };
  }

  return { id: 'roc', title: artifact.view, of: [artifact.name], draw };
}

function keysOf(labels: readonly string[], highlighted: number, choose: (index: number) => void) {
  const styles = curveStyles(currentLook());
  return labels.map((label, index) => {
    const { hue, dash } = styles[index % styles.length];
    const line = svg`<line x1="0" x2="26" y1="4" y2="4" stroke=${hue} stroke-width="2.5" stroke-dasharray=${dash.join(' ')} />`;
    return html`<li>
      <button
        type="button"
        class="key"
        aria-pressed=${String(index === highlighted)}
        @click=${() => choose(index)}
      >
        <svg width="26" height="8" aria-hidden="true">${line}</svg>${label}
      </button>
    </li>`;
  });
}
