import type { RunDocument } from './document.js';
import type { Reported } from './report-page.js';

/** The report of a run. What makes it is loaded when one is asked for. */
export const report: RunDocument<Reported> = {
  file: 'report.html',
  flag: 'report',
  description: 'the run on one page, with its pictures and what is doubtful',
  async compose(reported) {
    const { composeReport } = await import('./report-page.js');
    return composeReport(reported);
  },
};
