/** Returns the lines of stderr that are not warnings: log records of errors, other output. */
export function errorLines(stderr: string): readonly string[] {
  return stderr.split("\n").filter((line) => line !== "" && !/"level":"WARN(?:ING)?"/.test(line));
}
