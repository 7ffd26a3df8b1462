/** Returns the lines of stderr that are not warnings: log records of errors, other output. */
export function errorLines(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line !== "" && !/"severity_text":"WARN"/.test(line));
}
