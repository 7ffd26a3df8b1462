import type { ErrorCode, YAMLError } from "yaml";

/** Messages of syntax errors of YAML, with the remedy. */
const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: "No value has this alias (&name); put a text that begins with * in quotes",
  BAD_DQ_ESCAPE: "Unknown escape sequence in double quotes; write two backslashes, or use single quotes",
  BAD_INDENT: "The lines of an object or a list must begin in the same column",
  BAD_SCALAR_START: "A text that begins with this character must be in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "A second colon in this line; put the text in quotes, or the object on lines of its own",
  BLOCK_IN_FLOW: "A comma is missing, or a list or an object within brackets is written without them",
  DUPLICATE_KEY: "The object has this key twice; remove one",
  KEY_OVER_1024_CHARS: "A key has more than 1,024 characters; is a colon missing before?",
  MISSING_CHAR: "The key needs a colon and a value",
  MULTILINE_IMPLICIT_KEY: "A key must be on one line; is a colon missing, or a quote not closed?",
  MULTIPLE_ANCHORS: "A value can have only one anchor (&name)",
  MULTIPLE_DOCS: "The file has several documents; remove the line with ---, and what follows",
  MULTIPLE_TAGS: "A value can have only one tag (!name)",
  NON_STRING_KEY: "A key must be a text",
  TAB_AS_INDENT: "Lines are indented by spaces, not tabs",
  TAG_RESOLVE_FAILED: "Unknown tag; put a text that begins with ! in quotes",
  UNEXPECTED_TOKEN: "Unexpected text; check the indentation, the quotes and the brackets before it",
};

/** Returns the message of a syntax error, in the words of a person who writes documents. */
export function syntaxMessage({ code, message }: Pick<YAMLError, "code" | "message">): string {
  if (code === "BAD_INDENT" && message.startsWith("Flow")) return NOT_CLOSED;
  if (code === "MISSING_CHAR" && message.includes("quote")) return "The text lacks its closing quote";
  if (code === "MISSING_CHAR" && /expected flow|must be sufficiently|end with/i.test(message)) {
    return NOT_CLOSED;
  }
  return MESSAGES[code] ?? "The text is not valid YAML";
}

const NOT_CLOSED = "The brackets before are not closed, or their lines are not indented";
