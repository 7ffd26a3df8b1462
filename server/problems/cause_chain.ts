const MAX_CAUSES = 8;
const MAX_CHARACTERS = 500;

/** What parsers and databases put in quotes that is nobody's input: the names of things in a schema. */
const SCHEMA_NAMES = [
  ...["constraint", "relation", "column", "table", "index", "schema", "function", "type", "role", "sequence"],
  ...["database", "extension", "parameter", "language", "operator", "trigger", "view", "statement"],
];
/** A named thing, or everything from the first other quote to the last: input is not escaped, so it may have some. */
const QUOTED = new RegExp(`(\\b(?:${SCHEMA_NAMES.join("|")}) "[^"]*")|"[^]*(?:"|$)`, "g");

/**
 * The messages of an error and of what caused it, for logs: outermost first, and without what stands in double quotes.
 * That is where a parser repeats what it was given: `invalid input syntax for type uuid: "…"`.
 */
export function causeChain(error: unknown): string[] {
  const messages: string[] = [];
  for (let cause = error; cause !== undefined && messages.length < MAX_CAUSES;) {
    if (!(cause instanceof Error)) {
      messages.push("Something that is not an Error was thrown");
      break;
    }
    messages.push(`${cause.name}: ${withoutInput(cause.message)}`);
    cause = cause.cause;
  }
  return messages;
}

function withoutInput(message: string): string {
  const text = message.replaceAll(QUOTED, (_, name?: string) => name ?? '"…"');
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
