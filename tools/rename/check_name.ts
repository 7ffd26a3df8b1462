/** A name that a project cannot have; the message says why. */
export class NameError extends Error {
  override readonly name = "NameError";
}

/** Matches names that are valid for PostgreSQL, Prometheus, DNS and shells. */
const NAME = /^[a-z][a-z0-9]{1,19}$/;

/**
 * Checks a new name against the current one and the texts of the tree.
 *
 * @throws {NameError}
 */
export function checkName(to: string, from: string, texts: ReadonlyMap<string, string>): void {
  checkForm(to);
  if (to === from) throw new NameError(`The project is called ${from} already`);
  // Renaming again would change words that only happen to be the same.
  const word = new RegExp(`(?<![a-z])${to}(?![a-z])`, "i");
  const found = [...texts].find(([path, text]) => !/(^|\/)rename/.test(path) && word.test(text));
  if (found !== undefined) {
    throw new NameError(
      `"${to}" is a word that the project uses already, in ${found[0]}; choose another name, ` +
        "or make a project of this name from the template with deno task new:project",
    );
  }
}

/**
 * Checks the characters of a name.
 *
 * @throws {NameError}
 */
export function checkForm(name: string): void {
  if (NAME.test(name)) return;
  throw new NameError(`"${name}" must be 2 to 20 lowercase letters and digits, beginning with a letter`);
}
