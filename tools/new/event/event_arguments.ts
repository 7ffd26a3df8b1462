import { type Field, parseFields } from "../field.ts";
import { NewError } from "../usage_error.ts";

/** Wanted event, as it is written. */
export interface EventRequest {
  /** Such as "shipped" or "order.shipped". */
  readonly name: string;
  /** Names of properties of the resource, in the order of the arguments. */
  readonly names: readonly string[];
  /** Properties with their types. */
  readonly fields: readonly Field[];
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)?$/;
const MAX_LENGTH = 60;

/**
 * Parses an event, and the properties of its data: names of properties of the resource, or fields with a type.
 *
 * @throws {NewError} for what is invalid.
 */
export function parseEvent(
  texts: readonly string[],
  options: { readonly field?: readonly string[] },
): EventRequest {
  const [name, ...others] = texts;
  if (name === undefined || others.length > 0) {
    throw new NewError(
      "Expected one event: deno task new event <service> <event>, such as orders order.shipped",
    );
  }
  if (!NAME.test(name) || name.length > MAX_LENGTH) {
    throw new NewError(
      `Invalid event ${
        JSON.stringify(name)
      }: expected <resource>.<past participle> in lowercase with at most ` +
        `${MAX_LENGTH} characters, such as order.shipped`,
    );
  }
  if (name.startsWith("webhook.")) {
    throw new NewError(
      `Invalid event ${JSON.stringify(name)}: the names that begin with webhook. are those of the platform`,
    );
  }
  const { field = [] } = options;
  const names = field.filter((text) => /^[a-z][A-Za-z0-9]*$/.test(text));
  const typed = field.filter((text) => !names.includes(text));
  const twice = names.find((one, index) => names.indexOf(one) < index);
  if (twice !== undefined) throw new NewError(`--field ${twice} is there twice`);
  const fields = typed.length === 0 ? [] : parseFields(typed);
  const both = fields.find((one) => names.includes(one.name.camel));
  if (both !== undefined) throw new NewError(`--field ${both.name.camel} is there twice`);
  return { name, names, fields };
}
