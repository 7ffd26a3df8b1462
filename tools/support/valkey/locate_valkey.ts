import { locateProgram } from "../locate_program.ts";

/** Where the server's program is, Valkey's or Redis's, which speak the same; undefined: neither is installed. */
export function locateValkey(): Promise<string | undefined> {
  return locateProgram("valkey-server", "redis-server");
}
