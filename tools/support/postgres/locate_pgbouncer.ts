import { locateProgram } from "../locate_program.ts";

/** Returns the path of PgBouncer; undefined if it is not installed. */
export function locatePgbouncer(): Promise<string | undefined> {
  return locateProgram("pgbouncer");
}
