import { locateProgram } from "../locate_program.ts";

/** Where PgBouncer's program is; undefined: it is not installed. */
export function locatePgbouncer(): Promise<string | undefined> {
  return locateProgram("pgbouncer");
}
