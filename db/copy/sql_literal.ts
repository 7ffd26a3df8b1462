/** Escapes, so that a statement is one line of text. */
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "''", "\n": "\\n", "\r": "\\r" };

/** Returns a text as a literal in one line, or NULL. */
export function sqlLiteral(text: string | null): string {
  if (text === null) return "NULL";
  const escaped = text.replace(/[\\'\n\r]/g, (character) => ESCAPES[character] ?? character);
  return /[\\\n\r]/.test(text) ? `E'${escaped}'` : `'${escaped}'`;
}
