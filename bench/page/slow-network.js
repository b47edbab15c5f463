/** A slow network before a server on this machine: all its connections share one line. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const PIECE_BYTES = 4096;

/**
 * @param {URL} target the server
 * @param {{ bitsPerSecond: number, roundTripMs: number }} line
 * @returns {Promise<{ url: URL, bytes: () => number, close: () => void }>} its address on the slow network, and how many bytes
 *   have come from it so far
 */
export async function slowDown(target, { bitsPerSecond, roundTripMs }) {
  const bytesPerMs = bitsPerSecond / 8 / 1000;
  let bytes = 0;
  /** When the line has sent all that it was given. */
  let freeAt = 0;
  const server = createServer((client) => {
    /** Resolves once the client has been sent all pieces so far, each after those before it. */
    let sent = Promise.resolve();
    const upstream = connect({
      host: target.hostname,
      port: Number(target.port),
      onread: {
        buffer: Buffer.alloc(PIECE_BYTES),
        callback(length, buffer) {
          const piece = Buffer.from(buffer.subarray(0, length));
          const now = performance.now();
          freeAt = Math.max(freeAt, now) + length / bytesPerMs;
          bytes += length;
          // The next piece waits for its turn, so that connections share the line.
          setTimeout(() => upstream.resume(), freeAt - now);
          const arrival = delay(freeAt - now + roundTripMs / 2);
          sent = sent.then(() => arrival).then(() => void client.write(piece));
          return false;
        },
      },
    });
    const opened = performance.now();
    client.on('data', (piece) => {
      // A connection takes a round trip before its first request.
      const wait = Math.max(roundTripMs / 2, opened + 1.5 * roundTripMs - performance.now());
      setTimeout(() => upstream.write(piece), wait);
    });
    client.on('error', () => upstream.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => sent.then(() => client.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: new URL(target.pathname, `http://127.0.0.1:${port}`),
    bytes: () => bytes,
    close: () => void server.close(),
  };
}
