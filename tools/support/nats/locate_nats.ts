import { locateProgram } from "../locate_program.ts";

/** Returns the path of the NATS server; undefined if it is not installed. */
export function locateNats(): Promise<string | undefined> {
  return locateProgram("nats-server");
}
