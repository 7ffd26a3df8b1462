import { checkResource } from "./reserved_words.ts";
import { NewError } from "./usage_error.ts";

/** Spellings of the words of a name, such as "purchase orders". */
export interface Spellings {
  /** "purchase orders". */
  readonly words: string;
  /** "purchase-orders": in URLs, scopes and problem types. */
  readonly kebab: string;
  /** "purchase_orders": in file names and SQL. */
  readonly snake: string;
  /** "purchaseOrders": variables. */
  readonly camel: string;
  /** "PurchaseOrders": types. */
  readonly pascal: string;
}

/** Names of a service and of its resource. */
export interface ServiceNames {
  readonly plural: Spellings;
  readonly singular: Spellings;
  /** The resource with its article, such as "an order". */
  readonly one: string;
  /** Folder of the service. */
  readonly folder: string;
  /** Path of the collection, such as "/v1/orders". */
  readonly path: string;
}

const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z][a-z0-9]*)*$/;
/** PostgreSQL truncates identifiers at 63 bytes, and names of constraints and indexes are longer than that of a table. */
const MAX_LENGTH = 24;

/**
 * Returns the names of a service.
 *
 * @param name plural of the resource in snake or kebab case, such as "orders".
 * @param singular the same in the singular. @default derived
 * @throws {NewError} for a name that cannot be used.
 */
export function serviceNames(name: string, ownSingular?: string): ServiceNames {
  checkSpelling(name);
  const singular = ownSingular ?? singularOf(name);
  if (singular === undefined) {
    throw new NewError(
      `The singular of ${
        JSON.stringify(name)
      } cannot be derived: name the service by the plural of its resource, such as ` +
        "orders, or add --singular <resource>",
    );
  }
  checkSpelling(singular);
  if (name === singular) {
    throw new NewError(`The singular ${JSON.stringify(singular)} must differ from the name of the service`);
  }
  const names = { plural: spellingsOf(name), singular: spellingsOf(singular) };
  checkResource(names.plural, names.singular);
  return {
    ...names,
    one: withArticle(names.singular.words),
    folder: `${names.plural.snake}_service`,
    path: `/v1/${names.plural.kebab}`,
  };
}

/** Returns the spellings of a name in snake, kebab or camel case. */
export function spellingsOf(name: string): Spellings {
  const words = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).split(/[-_]/);
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return {
    words: words.join(" "),
    kebab: words.join("-"),
    snake: words.join("_"),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
  };
}

/** Returns a text with its first letter in upper case. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function checkSpelling(name: string): void {
  if (NAME.test(name) && name.length <= MAX_LENGTH) return;
  throw new NewError(
    `Invalid name ${
      JSON.stringify(name)
    }: use at most ${MAX_LENGTH} lowercase letters and digits in words with "-" ` +
      "between, each starting with a letter, such as purchase-orders",
  );
}

/** Returns the singular of a noun in the plural; undefined if it cannot be derived. */
export function singularOf(name: string): string | undefined {
  if (/[^aeiou]ies$/.test(name)) return name.replace(/ies$/, "y");
  if (/(?:ss|x|ch|sh)es$/.test(name)) return name.slice(0, -2);
  return /[^siu]s$/.test(name) ? name.slice(0, -1) : undefined;
}

/** Returns words with their indefinite article, such as "an order". */
export function withArticle(words: string): string {
  return `${articleOf(words)} ${words}`;
}

function articleOf(words: string): "a" | "an" {
  return /^(?!u[^aeiou][aeiou]|eu|one)[aeiou]/.test(words) ? "an" : "a";
}
