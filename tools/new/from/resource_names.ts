import { capitalized, type Spellings, spellingsOf } from "../names.ts";
import { checkResource } from "../reserved_words.ts";
import { NewError } from "../usage_error.ts";

/** Names of a resource in code, SQL and problem types. */
export interface ResourceNames {
  readonly singular: Spellings;
  readonly plural: Spellings;
  /** The resource with its article, such as "a booking". */
  readonly one: string;
}

/** PostgreSQL truncates identifiers at 63 bytes, and names of constraints and indexes are longer than that of a table. */
const MAX_LENGTH = 40;

/**
 * Returns the names of the resource at a path such as "/store/order".
 *
 * @param prefix words in front of a name that is reserved or taken
 * @param isTaken whether a table or problem type has the name
 */
export function resourceNames(
  path: string,
  { prefix, isTaken }: { readonly prefix: string; readonly isTaken: (names: ResourceNames) => boolean },
): ResourceNames {
  const segment = path.split("/").filter((part) => part !== "").at(-1) ?? "";
  const words = wordsOf(segment.replace(/\.\w+$/, ""));
  const [singular, plural] = numbersOf(words === "" ? "item" : words);
  for (const start of ["", `${prefix}-`, `${prefix}-own-`]) {
    const names = namesOf(`${start}${singular}`, `${start}${plural}`);
    if (!isReserved(names) && !isTaken(names)) return names;
  }
  return namesOf(`${prefix}-${singular}-item`, `${prefix}-${plural}-items`);
}

/** Returns a name in kebab case. */
export function wordsOf(text: string): string {
  return text.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase().split(/[^a-z0-9]+/)
    .filter((word) => word !== "").join("-").replace(/^(?=\d)/, "v").slice(0, MAX_LENGTH).replace(/-$/, "");
}

/** Returns the spellings of a name in kebab case, also with words that begin with a digit. */
export function spelled(kebab: string): Spellings {
  const words = kebab.split("-");
  const pascal = words.map(capitalized).join("");
  return { ...spellingsOf(kebab), pascal, camel: `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}` };
}

function namesOf(singular: string, plural: string): ResourceNames {
  const names = { singular: spelled(singular), plural: spelled(plural) };
  const { words } = names.singular;
  const article = /^(?!u[^aeiou][aeiou]|eu|one)[aeiou]/.test(words) ? "an" : "a";
  return { ...names, one: `${article} ${words}` };
}

function numbersOf(words: string): readonly [singular: string, plural: string] {
  if (/[^aeiou]ies$/.test(words)) return [words.replace(/ies$/, "y"), words];
  if (/(?:ss|x|ch|sh)es$/.test(words)) return [words.slice(0, -2), words];
  if (/[^siu]s$/.test(words)) return [words.slice(0, -1), words];
  if (/[^aeiou]y$/.test(words)) return [words, words.replace(/y$/, "ies")];
  return [words, /(?:s|x|ch|sh)$/.test(words) ? `${words}es` : `${words}s`];
}

function isReserved({ singular, plural }: ResourceNames): boolean {
  try {
    checkResource(plural, singular);
    return false;
  } catch (error) {
    if (!(error instanceof NewError)) throw error;
    return true;
  }
}
