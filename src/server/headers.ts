/**
 * Content security policy of the page: it may load from, and talk to, its own server only. Also usable in a
 * `<meta http-equiv>` if the page is served by others.
 */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // No text becomes markup or a script, but by the policies of lit-html and of web/src/trusted-addresses.ts.
  "require-trusted-types-for 'script'",
  'trusted-types default lit-html',
].join('; ');

/** What the page and pages inside it may not ask for: devices and data of the user that it has no use for. */
const unusedFeatures = [
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
];

/**
 * Headers of every response, with lower-case names; a page gets no threads without the opener and embedder
 * policies.
 */
export const headers: Readonly<Record<string, string>> = {
  // Not allowed in a meta element, hence added here.
  'content-security-policy': `${contentPolicy}; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': unusedFeatures.map((feature) => `${feature}=()`).join(', '),
};
