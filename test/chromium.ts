import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Time limit of a file of tests, in milliseconds: longer than tap's own, for machines that are busy. */
export const TIMEOUT = 600_000;

/** The message of tests that are skipped because there is no Chromium. */
export const leftOut =
  'browser tests were left out: there is no Chromium or Chrome on the PATH, nor in CHROME_PATH';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a Chromium or a Chrome: what `CHROME_PATH` says, else the first that is installed, if one is. */
export function findChromium(): string | undefined {
  const { CHROME_PATH: said, PATH = '' } = process.env;
  if (said) return said;
  const onPath = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(isExecutable);
}

/**
 * Features that no page needs. Each window would load two pages of Chromium's own for what is typed into its address
 * bar, which takes longer than ours. Playwright's own list, which this replaces, keeps Chromium from using the network.
 */
const needless = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PreconnectToSearch',
];

export function launch(executablePath: string): Promise<Browser> {
  // In a container Chromium has no sandbox of its own.
  const args = ['--no-sandbox', `--disable-features=${needless.join()}`];
  return chromium.launch({ executablePath, args });
}

/**
 * A page, and all that its console said, its errors and its failed requests: to be read once it is at rest. It has no
 * service worker unless the options allow it, for that loads all that the page may ever need.
 */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; said: string[] }> {
  const page = await browser.newPage({ serviceWorkers: 'block', ...options });
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.text() !== 'Service Worker registration blocked by Playwright') said.push(message.text());
  });
  page.on('pageerror', ({ message }) => said.push(message));
  page.on('requestfailed', (request) => {
    const { errorText } = request.failure() ?? {};
    // A page that is left breaks off what it loads, such as its icon.
    if (errorText !== 'net::ERR_ABORTED') said.push(`${request.url()} failed: ${errorText}`);
  });
  return { page, said };
}
