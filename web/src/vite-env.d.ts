/** The fingerprints of known models, by what the form gives as JSON: see web/references.js. */
declare const FINGERPRINTS: Readonly<Record<string, string>>;
