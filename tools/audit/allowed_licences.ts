/** What a package may be under, by its SPDX identifier: everything that asks for no more than to be named. */
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

/** Packages that may be used all the same, by `name@version`, with the reason: another version is looked at anew. */
export const LICENCE_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    "spdx-exceptions@2.5.0",
    "CC-BY-3.0 asks to be named where it is passed on: a list of names, read by this audit, and in no executable",
  ],
]);
