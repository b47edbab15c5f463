import type { ChartData } from '../../src/artifacts/chart.js';
import { layOut } from '../../src/artifacts/renderer.js';

/** What the drawing thread answers, without the thread. */
export async function renderPng(picture: string, data: ChartData): Promise<Buffer> {
  return (await layOut(picture, data)).encode('png');
}
