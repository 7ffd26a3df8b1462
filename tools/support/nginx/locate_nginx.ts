import { locateProgram } from "../locate_program.ts";

/** Returns the path of nginx; undefined if it is not installed. */
export function locateNginx(): Promise<string | undefined> {
  return locateProgram("nginx");
}
