/** Patterns that the text of an error must not have, and a name for each. */
const LEAKS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [
    /\bat \S+ \(|\bat \S+:\d+:\d+|\n\s+at |Traceback \(most recent|\bgoroutine \d+ \[|\.java:\d+\)/,
    "a stack",
  ],
  [/\b[\w/-]+\.(?:[jt]sx?|py|rb|go|php|cs)\b(?::\d+)?/, "a source file"],
  [/\bfile:\/\/|\bnode:|\bnpm:|\bext:/, "a module"],
  [/(?:^|[\s"'(])\/(?:home|root|usr|tmp|var|etc|work|proc|app)\//, "a path"],
  [/\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s.+\sSET|RETURNING)\b/i, "SQL"],
  [/\b(?:postgres|pglite|sqlstate|pg_\w+|relation "|constraint)\b/i, "the database"],
  [
    /\b(?:Type|Range|Syntax|Reference|URI|Internal)Error\b|\bundefined\b|\[object \w+\]|\bNaN\b/,
    "an exception",
  ],
  [/\bdeno\b|\bhono\b|\bajv\b|\bhyper\b/i, "the libraries in use"],
];

/** Returns the internals that the text of an error shows. */
export function findLeaks(text: string): string[] {
  return LEAKS.filter(([pattern]) => pattern.test(text)).map(([, name]) => `shows ${name}`);
}
