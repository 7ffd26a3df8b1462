import type { JsonValue } from "./operation.ts";

/**
 * Returns a JSON value as YAML 1.2 in block style, members in their order. Texts are plain where that cannot be mistaken
 * for another type or syntax, also by parsers of YAML 1.1; several lines are a literal block; everything else is quoted
 * as in JSON, which YAML includes.
 */
export function yamlText(value: JsonValue): string {
  return `${linesOf(value).join("\n")}\n`;
}

function linesOf(value: JsonValue): readonly string[] {
  if (isList(value)) {
    return value.length === 0 ? ["[]"] : value.flatMap((item) => {
      const [first = "", ...rest] = linesOf(item);
      return [`- ${first}`, ...indent(rest)];
    });
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value);
    return members.length === 0 ? ["{}"] : members.flatMap(([key, item]) => {
      const [first = "", ...rest] = linesOf(item);
      return isBlock(item)
        ? [`${keyOf(key)}:`, ...indent([first, ...rest])]
        : [`${keyOf(key)}: ${first}`, ...indent(rest)];
    });
  }
  return typeof value === "string" ? textLines(value) : [JSON.stringify(value)];
}

/** Whether a value is written in lines of its own, below its key. */
function isBlock(value: JsonValue): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line === "" ? "" : `  ${line}`);
}

function keyOf(key: string): string {
  return isPlain(key) ? key : JSON.stringify(key);
}

const LITERAL = /^[^\s][^]*\n/;
/** Parts that a literal block does not keep, or some parsers reject: tabs, controls, other line breaks, spaces at line ends. */
const NOT_LITERAL =
  /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}\n]| \n| $|\n\n$/u;

function textLines(text: string): readonly string[] {
  if (isPlain(text)) return [text];
  if (!LITERAL.test(text) || NOT_LITERAL.test(text)) return [JSON.stringify(text)];
  return text.endsWith("\n") ? ["|", ...text.slice(0, -1).split("\n")] : ["|-", ...text.split("\n")];
}

const PLAIN =
  /^[A-Za-z/_$][\w$/{}().,;!?+*=<>~^%@'-]*(?: [\w$/{}(.,;!?+*=<>~^%@'-][\w$/{}().,;!?+*=<>~^%@'-]*)*$/;
/** Plain texts that parsers of YAML 1.1 or 1.2 read as booleans or null. */
const NOT_TEXT = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !NOT_TEXT.test(text);
}
