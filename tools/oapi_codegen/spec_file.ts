import type { JsonObject } from "./json_value.ts";

/** The text of spec.gen.ts: the document as JSON text, one top-level member a line. */
export function specFile(header: string, document: JsonObject): string {
  const members = Object.entries(document).map(([key, value]) =>
    `${JSON.stringify(key)}:${JSON.stringify(value)}`
  );
  const lines = members.map((text, index) => literal(index === 0 ? `{${text}` : `,${text}`));
  return `${header}\n/** The OpenAPI document as JSON text. */\nexport const spec: string = ${
    lines.join(" +\n  ")
  } +\n  "}";\n`;
}

/** A string literal; JSON is full of double quotes, so single ones enclose it. */
function literal(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")
    .replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `'${escaped}'`;
}
