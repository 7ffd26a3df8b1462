import { type Spellings, spellingsOf } from "./names.ts";
import { checkProperty } from "./reserved_words.ts";
import { NewError } from "./usage_error.ts";

/** Type of a field. */
export type FieldType =
  | { readonly kind: "text"; readonly max: number }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "boolean" | "date" | "email" | "money" | "timestamp" | "uuid" };

/** Property of a resource that clients write. */
export interface Field {
  readonly name: Spellings;
  readonly type: FieldType;
  readonly isOptional: boolean;
}

/** Limits of a 32-bit integer. */
const [INT_MIN, INT_MAX] = [-2147483648, 2147483647];
const DEFAULT_TEXT_LENGTH = 200;
const MAX_TEXT_LENGTH = 10_000;
const MAX_FIELDS = 40;
/** With the name of a table and what follows, a constraint has at most 63 bytes, which PostgreSQL truncates to. */
const MAX_NAME_LENGTH = 28;

const EXAMPLE = "expected <name>:<type>, such as 'title:text' or 'status:enum(open,paid)?'";
const TYPES =
  "text, text(<max>), integer, integer(<min>..<max>), boolean, money, enum(<a>,<b>), date, timestamp, uuid, email";

/**
 * Parses fields such as "amount:money", "status:enum(open,paid)" and "note:text?".
 *
 * @throws {NewError} for the first that is invalid, and for names that occur twice.
 */
export function parseFields(texts: readonly string[]): readonly Field[] {
  if (texts.length === 0) {
    throw new NewError(
      "A resource needs at least one field: add --field <name>:<type>, such as --field 'title:text'",
    );
  }
  if (texts.length > MAX_FIELDS) {
    throw new NewError(`A resource has at most ${MAX_FIELDS} fields; ${texts.length} are too many`);
  }
  const fields = texts.map(parseField);
  const properties = fields.flatMap(propertiesOf);
  const twice = properties.find((name, index) => properties.indexOf(name) < index);
  if (twice !== undefined) {
    throw new NewError(`Two fields have a property ${twice}; money has a second one that ends with Currency`);
  }
  return fields;
}

/** Returns the properties of the domain type, and so the columns, of a field. */
export function propertiesOf({ name, type }: Field): readonly string[] {
  return type.kind === "money" ? [name.camel, `${name.camel}Currency`] : [name.camel];
}

function parseField(text: string): Field {
  const [, written = "", type = "", mark = ""] = /^([^:]*):([^:]*?)(\??)$/.exec(text) ?? [];
  const quoted = JSON.stringify(text);
  if (type === "") throw new NewError(`Invalid field ${quoted}: ${EXAMPLE}`);
  if (
    !/^[a-z][a-zA-Z0-9]*(?:[-_][a-z][a-zA-Z0-9]*)*$/.test(written) ||
    spellingsOf(written).snake.length > MAX_NAME_LENGTH
  ) {
    throw new NewError(
      `Invalid field ${quoted}: a name is in camel or snake case, such as dueDate, and has at most ${MAX_NAME_LENGTH} letters, ` +
        "digits and underscores as due_date",
    );
  }
  const name = spellingsOf(written);
  checkProperty(name);
  return { name, type: parseType(type, `Invalid field ${quoted}`), isOptional: mark === "?" };
}

function parseType(text: string, invalid: string): FieldType {
  const [, kind = "", argument] = /^([a-z]+)(?:\((.*)\))?$/.exec(text) ?? [];
  switch (kind) {
    case "text":
      return { kind, max: textLength(argument, invalid) };
    case "integer":
      return { kind, ...range(argument, invalid) };
    case "enum":
      return { kind, values: enumValues(argument, invalid) };
    case "boolean":
    case "date":
    case "email":
    case "money":
    case "timestamp":
    case "uuid":
      if (argument === undefined) return { kind };
      throw new NewError(`${invalid}: ${kind} takes nothing in parentheses`);
    default:
      throw new NewError(`${invalid}: unknown type ${JSON.stringify(text)}; expected one of: ${TYPES}`);
  }
}

function textLength(argument: string | undefined, invalid: string): number {
  if (argument === undefined) return DEFAULT_TEXT_LENGTH;
  const max = /^[1-9]\d{0,5}$/.test(argument) ? Number(argument) : NaN;
  if (max <= MAX_TEXT_LENGTH) return max;
  throw new NewError(
    `${invalid}: expected text(<max>) with a number of characters from 1 to ${MAX_TEXT_LENGTH}, such as text(500)`,
  );
}

function range(
  argument: string | undefined,
  invalid: string,
): { readonly min: number; readonly max: number } {
  if (argument === undefined) return { min: INT_MIN, max: INT_MAX };
  const [, from, to] = /^(-?\d{1,10})\.\.(-?\d{1,10})$/.exec(argument) ?? [];
  const [min, max] = [Number(from ?? NaN), Number(to ?? NaN)];
  if (min < max && min >= INT_MIN && max <= INT_MAX) return { min, max };
  throw new NewError(
    `${invalid}: expected integer(<min>..<max>) with 32-bit integers in ascending order, such as integer(1..100)`,
  );
}

function enumValues(argument: string | undefined, invalid: string): readonly string[] {
  const values = (argument ?? "").split(",").map((value) => value.trim());
  const isValid = values.every((value) => /^[a-zA-Z][\w-]{0,39}$/.test(value));
  if (isValid && values.length > 1 && new Set(values).size === values.length) return values;
  throw new NewError(
    `${invalid}: expected enum(<a>,<b>) with two or more different values of letters, digits, "-" and "_", such as ` +
      "enum(open,paid)",
  );
}
