import type { JsonObject } from "../document/json_value.ts";

/** Returns the text of spec.gen.ts: the document as JSON text, one top-level member per line. */
export function specFile(header: string, document: JsonObject): string {
  const members = Object.entries(document).map(([key, value]) =>
    `${JSON.stringify(key)}:${JSON.stringify(value)}`
  );
  const lines = members.map((text, index) => literal(index === 0 ? `{${text}` : `,${text}`));
  return `${header}\n/** The OpenAPI document as JSON text. */\nexport const spec: string = ${
    lines.join(" +\n  ")
  } +\n  "}";\n`;
}

/** Returns a string literal in single quotes, because JSON is full of double quotes. */
function literal(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")
    .replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `'${escaped}'`;
}
