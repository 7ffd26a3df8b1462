/** What an error must not tell, and what that would be. */
const LEAKS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bat \S+ \(|\bat \S+:\d+:\d+|\n\s+at /, "a stack"],
  [/\b[\w/-]+\.[jt]sx?\b(?::\d+)?/, "a source file"],
  [/\bfile:\/\/|\bnode:|\bnpm:|\bext:/, "a module"],
  [/(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|etc|work|proc|app)\//, "a path"],
  [/\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s.+\sSET|RETURNING)\b/i, "SQL"],
  [/\b(?:postgres|pglite|sqlstate|pg_\w+|relation "|constraint)\b/i, "the database"],
  [
    /\b(?:Type|Range|Syntax|Reference|URI|Internal)Error\b|\bundefined\b|\[object \w+\]|\bNaN\b/,
    "an exception",
  ],
  [/\bdeno\b|\bhono\b|\bajv\b|\bhyper\b/i, "what it is built of"],
];

/** What the text of an error tells and must not. */
export function findLeaks(text: string): string[] {
  return LEAKS.filter(([pattern]) => pattern.test(text)).map(([, what]) => `tells ${what}`);
}
