/// <reference lib="webworker" />
/* Serves the page offline. The build prepends `release`, with its version and its files. */

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** Names of our caches: there may be other copies of this page at the same origin. */
const prefix = `digits ${scope.registration.scope} `;
const name = prefix + release.version;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(name).then((cache) =>
      // The browser's HTTP cache may have a file of an earlier release under the same URL.
      cache.addAll(release.files.map((file) => new Request(file, { cache: 'no-cache' }))),
    ),
  );
});

// A new release is activated only once no page of an earlier one is open, since that may still load parts of itself.
scope.addEventListener('activate', (event) => {
  const outdated = async () => {
    const names = await caches.keys();
    await Promise.all(
      names
        .filter((other) => other.startsWith(prefix) && other !== name)
        .map((other) => caches.delete(other)),
    );
    await scope.clients.claim();
  };
  event.waitUntil(outdated());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== scope.origin) return;
  // There is only one document, whatever its URL.
  const kept = request.mode === 'navigate' ? './' : request;
  event.respondWith(
    caches
      .open(name)
      .then((cache) => cache.match(kept, { ignoreSearch: true }))
      // Caches may be full or forbidden.
      .catch(() => undefined)
      .then((cached) => cached ?? fetch(request)),
  );
});
