/** The lines of a program's standard error that are more than warnings: errors of its log, and whatever is no log. */
export function errorLines(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line !== "" && !/"level":"WARN(?:ING)?"/.test(line));
}
