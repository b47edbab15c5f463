import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colourOf, onLook } from './page.js';
import { brief, percent } from './quantity.js';

/** Least width of the axis of losses, and that of a character on it, in pixels. */
const [AXIS_WIDTH, CHARACTER] = [40, 7];

/** A plot of loss and held-out accuracy that grows during a training. */
export interface LivePlot {
  /** Removes all epochs, and makes the axis as long as a new number of them. */
  clear(epochs: number): void;
  /** Adds epochs; an accuracy is null if it was not measured. */
  append(losses: readonly number[], accuracies: readonly (number | null)[]): void;
  /** Ends the axis at the last epoch. */
  fit(): void;
}

const HEIGHT = 200;
const font = '12px "Digits Sans latin", sans-serif';

/** A number at an axis. */
function tickOf(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.length > 6 ? brief(value) : text;
}

export function createLivePlot(container: HTMLElement): LivePlot {
  let epochs = 1;
  let series: [number[], number[], (number | null)[]] = [[], [], []];

  const axis = (scale: string, colour: string) => ({
    scale,
    font,
    stroke: () => colourOf(colour),
    grid: { show: false },
    ticks: { show: false },
  });
  const plot = new uPlot(
    {
      width: container.clientWidth,
      height: HEIGHT,
      padding: [8, 0, 0, 0],
      cursor: { drag: { x: false, y: false } },
      legend: { markers: { show: false } },
      scales: {
        x: { time: false, range: () => [1, Math.max(epochs, 2)] },
        loss: { range: (_plot, _least, most) => [0, (most || 1) * 1.05] },
        // With room for the line at 100%.
        accuracy: { range: [0, 1.04] },
      },
      axes: [
        {
          ...axis('x', 'muted'),
          size: 28,
          incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5],
        },
        {
          ...axis('loss', 'loss'),
          values: (_plot, splits) => splits.map(tickOf),
          // As wide as its longest text, and the gap beside it.
          size: (_plot, texts) =>
            Math.max(AXIS_WIDTH, 15 + CHARACTER * Math.max(...(texts ?? []).map(({ length }) => length))),
          grid: { stroke: () => colourOf('line'), width: 1 },
        },
        {
          ...axis('accuracy', 'accuracy'),
          side: 1,
          size: 50,
          splits: () => [0, 0.2, 0.4, 0.6, 0.8, 1],
          values: (_plot, splits) => splits.map((share) => percent(share, 0)),
        },
      ],
      series: [
        { label: 'Epoch' },
        {
          label: 'Loss',
          scale: 'loss',
          stroke: () => colourOf('loss'),
          width: 2,
          points: { show: false },
          value: (_plot, loss) => (typeof loss === 'number' ? brief(loss, 4) : '–'),
        },
        {
          label: 'Held-out accuracy',
          scale: 'accuracy',
          stroke: () => colourOf('accuracy'),
          width: 2,
          dash: [6, 3],
          spanGaps: true,
          points: { show: false },
          value: (_plot, share) => (typeof share === 'number' ? percent(share) : '–'),
        },
      ],
    },
    series,
    container,
  );
  new ResizeObserver(() => plot.setSize({ width: container.clientWidth, height: HEIGHT })).observe(container);
  onLook(() => plot.redraw());

  /** Shows the last epoch in the legend, while the pointer is elsewhere. */
  function showLast(): void {
    plot.setLegend({ idx: series[0].length - 1 });
  }
  plot.over.addEventListener('mouseleave', showLast);

  return {
    clear(total) {
      epochs = total;
      series = [[], [], []];
      plot.setData(series);
    },
    append(losses, accuracies) {
      const [numbers, allLosses, allAccuracies] = series;
      for (const [index, loss] of losses.entries()) {
        numbers.push(numbers.length + 1);
        allLosses.push(loss);
        allAccuracies.push(accuracies[index]);
      }
      plot.setData(series);
      showLast();
    },
    fit() {
      epochs = series[0].length;
      plot.setData(series);
      showLast();
    },
  };
}
