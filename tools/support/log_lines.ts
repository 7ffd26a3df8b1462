/** Line of a program's log in JSON, limited to the fields that tests use. */
export interface LogLine {
  readonly template: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Parses the log of a program. */
export function logLines(text: string): readonly LogLine[] {
  return text.trim().split("\n").map((line) => JSON.parse(line));
}
