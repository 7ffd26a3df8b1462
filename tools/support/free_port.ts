import { join } from "node:path";
import { isAlive } from "./is_alive.ts";
import { temporaryDirectory } from "./once.ts";

/** Ports below those that systems choose for outgoing connections: Linux begins at 32,768, IANA at 49,152. */
const PORTS = { from: 10_240, to: 32_767 } as const;

/** Folder with a file for each port that a test process has claimed, which has the id of the process. */
const CLAIMS = join(temporaryDirectory(), `archway_ports_${Deno.uid()}`);

let isSwept = false;

/**
 * Returns a free loopback port, which this function returns to no other test while this process runs: their servers often
 * listen much later. No outgoing connection has it while a server on it is restarted.
 */
export function freePort(): number {
  if (!isSwept) sweepClaims();
  isSwept = true;
  while (true) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from + 1));
    if (!claim(port)) continue;
    try {
      using _listener = Deno.listen({ hostname: "127.0.0.1", port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function claim(port: number): boolean {
  try {
    Deno.writeTextFileSync(join(CLAIMS, `${port}`), `${Deno.pid}`, { createNew: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Removes the claims of processes that have ended. */
function sweepClaims(): void {
  Deno.mkdirSync(CLAIMS, { recursive: true });
  for (const { name } of Deno.readDirSync(CLAIMS)) {
    const path = join(CLAIMS, name);
    try {
      const pid = Number(Deno.readTextFileSync(path));
      // Without an id, its process is just writing it.
      if (pid > 0 && !isAlive(pid)) Deno.removeSync(path);
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
