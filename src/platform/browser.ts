/** Browser implementation of the platform, for pages and workers; the counterpart of `node.ts`. */
import { fitPicture } from './fit-picture.js';
import type * as node from './node.js';

export * from './no-spool.js';

// Bundlers recognise `new URL('…', import.meta.url)` in exactly this form. The paths are relative to dist/.
const modules: Readonly<Record<node.ModuleName, () => URL>> = {
  core: () => new URL('./assets/core.wasm', import.meta.url),
  'core-relaxed': () => new URL('./assets/core-relaxed.wasm', import.meta.url),
  peak: () => new URL('./assets/peak.wasm', import.meta.url),
  'peak-relaxed': () => new URL('./assets/peak-relaxed.wasm', import.meta.url),
  scan: () => new URL('./assets/scan.wasm', import.meta.url),
};

export const loadWasm: typeof node.loadWasm = (name) => load(modules[name]());

export const loadDigitBytes: typeof node.loadDigitBytes = () =>
  load(new URL('./assets/digits.bin', import.meta.url));

export const loadModelPage: typeof node.loadModelPage = async () =>
  new TextDecoder().decode(await load(new URL('./assets/model-page.html', import.meta.url)));

/** @throws Error naming what could not be loaded */
async function load(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  // Bundlers embed small files in their addresses, and a content policy may forbid to fetch those.
  if (url.protocol === 'data:') return decode(url.href.slice(url.href.indexOf(',') + 1));
  const response = await fetch(url).catch((cause) => {
    throw new Error(`${url} could not be loaded: ${cause.message}`, { cause });
  });
  if (!response.ok) throw new Error(`${url} could not be loaded: the server answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The bytes of base64. */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Posts a message to itself. A timer would wait 4 ms, or a second in a page that is not visible. */
export const nextTurn: typeof node.nextTurn = () =>
  new Promise((fulfil) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      fulfil();
    };
    port2.postMessage('turn');
  });

/** @throws Error in a page that is not a secure context, where browsers don't offer hashing */
export const sha256: typeof node.sha256 = async (pieces) => {
  if (!globalThis.crypto?.subtle) throw new Error('SHA-256 needs a page from https:// or localhost');
  const gathered: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of pieces) gathered.push(piece.slice());
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(gathered).arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

export const parallelism: typeof node.parallelism = () => navigator.hardwareConcurrency;

const createWorker = () => new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' });

export const startThread: typeof node.startThread = (setup, onEnd) =>
  new Promise((fulfil, reject) => {
    const worker = createWorker();
    worker.onerror = ({ message }) => {
      const reason = new Error(`a worker thread failed: ${message || 'its script could not be loaded'}`);
      reject(reason);
      onEnd(reason);
    };
    worker.onmessage = () => fulfil({ end: async () => worker.terminate() });
    worker.postMessage(setup);
  });

export const enterThread: typeof node.enterThread = (work) => {
  const run = async (setup: Parameters<typeof work>[0]) => {
    try {
      await work(setup, () => postMessage('ready'));
    } catch (error) {
      // A page is told of errors, but not of promises that are rejected.
      setTimeout(() => {
        throw error;
      });
    }
  };
  addEventListener('message', ({ data }) => void run(data), { once: true });
};

export const decodePicture: typeof node.decodePicture = async (bytes) => {
  const image = await createImageBitmap(new Blob([bytes.slice()]), { imageOrientation: 'from-image' });
  try {
    const [width, height] = fitPicture(image);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Error('there is no canvas to draw it on');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return { width, height, pixels: context.getImageData(0, 0, width, height).data };
  } finally {
    image.close();
  }
};
