import { locateProgram } from "../locate_program.ts";

/** Returns the path of HAProxy; undefined if it is not installed. */
export function locateHaproxy(): Promise<string | undefined> {
  return locateProgram("haproxy");
}
