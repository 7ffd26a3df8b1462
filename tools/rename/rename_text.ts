/**
 * Texts that a rename does not change, since stored data or imports depend on them. The brackets keep a rename from
 * changing the patterns, which a renamed project needs for upgrades.
 */
const PROTECTED: readonly RegExp[] = [
  // The import prefix of the platform.
  /@arch[w]ay\//g,
  // Purposes that keys are derived for: with another one, stored secrets could not be decrypted.
  /`arch[w]ay \$\{purpose\}`/g,
  // A file inside of the prepared data directory.
  /arch[w]ay_pglite_version/g,
];

/** Private-use character that delimits placeholders of protected texts during a rename. */
const MARK = "\uE000";

/** Returns a text with the name of the project replaced, in lower case, upper case and capitalized. */
export function renameText(text: string, from: string, to: string): string {
  const protectedTexts: string[] = [];
  const hidden = PROTECTED.reduce(
    (rest, pattern) => rest.replaceAll(pattern, (found) => `${MARK}${protectedTexts.push(found) - 1}${MARK}`),
    text,
  );
  const renamed = [[from, to], [from.toUpperCase(), to.toUpperCase()], [capitalize(from), capitalize(to)]]
    .reduce((rest, [old = "", name = ""]) => rest.replaceAll(old, name), hidden);
  return renamed.replaceAll(/\uE000(\d+)\uE000/g, (_, index: string) => protectedTexts[Number(index)] ?? "");
}

/** Whether a rename changes the file: lock files, applied migrations and what is not text stay. */
export function isRenamed(path: string): boolean {
  return !/(^|\/)deno\.lock$|(^|\/)migrations\/[^/]+\.sql$|\.(?:png|gz|ico|wasm|pem)$|^LICENSE$/.test(path);
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
