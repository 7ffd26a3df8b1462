/** SPDX identifiers of permitted licences: those that require attribution at most. */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** Permitted packages with other licences, by `name@version`, with the reason. A new version needs a new review. */
export const LICENCE_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    "axe-core@4.14.1",
    "MPL-2.0 requires that its own files stay available under it when redistributed: run unchanged in a browser by one test, " +
    "and part of no executable",
  ],
  [
    "spdx-exceptions@2.5.0",
    "CC-BY-3.0 requires attribution on redistribution: a list of names, read by this audit only and part of no executable",
  ],
]);
