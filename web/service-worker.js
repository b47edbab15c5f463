/// <reference lib="webworker" />
/* What the page works from offline: `release`, its version and its files, stands above this text once it is built. */

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** Other pages of this origin may be ones of these too. */
const prefix = `digits ${scope.registration.scope} `;
const name = prefix + release.version;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(name).then((cache) =>
      // A file of an earlier release may lie in the browser's own cache under the same address.
      cache.addAll(release.files.map((file) => new Request(file, { cache: 'no-cache' }))),
    ),
  );
});

// It takes over from an earlier release when no page of that is open any more: that may still load parts of itself.
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
  // The page has one document, under whatever name it was asked for.
  const kept = request.mode === 'navigate' ? './' : request;
  event.respondWith(
    caches
      .open(name)
      .then((cache) => cache.match(kept, { ignoreSearch: true }))
      // There may be no room for caches, or no leave.
      .catch(() => undefined)
      .then((cached) => cached ?? fetch(request)),
  );
});
