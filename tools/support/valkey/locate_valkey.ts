import { locateProgram } from "../locate_program.ts";

/** Returns the path of Valkey or Redis (compatible); undefined if neither is installed. */
export function locateValkey(): Promise<string | undefined> {
  return locateProgram("valkey-server", "redis-server");
}
