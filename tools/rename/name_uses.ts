import { SCRIPT_WORDS } from "../new/reserved_words.ts";
import { NameError } from "./check_name.ts";

/** Names of a project and of its template, and the template's texts by path. */
export interface ProjectNames {
  readonly to: string;
  readonly from: string;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Checks that nothing of a template has the identifiers that the name of a project leads to. Words in pages, comments
 * and examples do not matter, since the name is put in place of that of the template only.
 *
 * @throws {NameError}
 */
export function checkIdentifiers(names: ProjectNames): void {
  const found = collisions(names).next().value;
  if (found === undefined) return;
  throw new NameError(
    `"${names.to}" cannot be the name of a project: ${found}; add a word, such as ${names.to}api`,
  );
}

function* collisions({ to, from, texts }: ProjectNames): Generator<string, void> {
  if (SCRIPT_WORDS.has(to)) yield "it is a reserved word of TypeScript";
  const folder = [...texts.keys()].find((path) => new RegExp(`^\\.?${to}(?:[./]|$)`).test(path));
  if (folder !== undefined) yield `${folder} has this name`;
  const keys = [["deno.json", `"${to}":`], ["compose.yaml", `\n  ${to}:\n`]] as const;
  for (const [path, key] of keys) {
    if (texts.get(path)?.includes(key)) yield `${path} has a key of this name`;
  }
  const setting = new RegExp(`^#?(${to.toUpperCase()}_\\w+)=`, "m").exec(texts.get(".env.example") ?? "")
    ?.[1];
  if (setting !== undefined) yield `settings such as ${setting} begin with it`;
  const code = [...texts].filter(([path]) => !path.endsWith(".md") && !isRenameRule(path));
  const suffixes = new Set(code.flatMap(([, text]) => suffixesOf(text, from)));
  for (const [path, text] of code) {
    // What tests make for themselves does not meet anything of the program.
    const own = path.endsWith("_test.ts") ? [] : suffixesOf(text, to);
    const suffix = own.find((other) => suffixes.has(other));
    if (suffix !== undefined) yield `${path} has ${to}_${suffix}`;
    const isDeclared = new RegExp(`\\b(?:const|function|let) ${from}\\b`).test(text);
    if (isDeclared && new RegExp(`\\b${to}\\b`).test(text)) yield `${path} has a variable of this name`;
  }
}

/** Returns what follows a name and `_` in longer names, such as `app` of `archway_app`. */
function suffixesOf(text: string, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(`(?<![a-z0-9_])${name}_([a-z0-9_]+)(?!\\w|\\.ts\\b)`, "gi"))].map((
    [, suffix = ""],
  ) => suffix.toLowerCase());
}

/**
 * Returns the first file that has a name for something else, inside of longer words too; undefined if none has. A
 * rename from such a name would change these words.
 */
export function otherUse(name: string, texts: ReadonlyMap<string, string>): string | undefined {
  return [...texts].find(([path, text]) => !isRenameRule(path) && text.toLowerCase().includes(name))?.[0];
}

function isRenameRule(path: string): boolean {
  return /(^|\/)rename/.test(path);
}
