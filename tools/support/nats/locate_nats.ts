import { locateProgram } from "../locate_program.ts";

/** Where the NATS server's program is; undefined: it is not installed. */
export function locateNats(): Promise<string | undefined> {
  return locateProgram("nats-server");
}
