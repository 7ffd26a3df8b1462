import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { InstanceConnections } from "./instance_connections.ts";
import { probeErrorReason, queryWithTimeout } from "./query_with_timeout.ts";

Deno.test("queryWithTimeout() says to operators what did not respond, and to users the reason alone", async () => {
  const silent = (signal: AbortSignal): Promise<Connection> =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  const connections = new InstanceConnections({ config: {}, max: 1, open: silent });
  const error = await assertRejects(
    () => queryWithTimeout(connections, (server) => server.query("SELECT 1"), { timeoutMs: 20 }),
    DatabaseError,
    "The database did not respond within 20 ms",
  );
  assertEquals(probeErrorReason(error), "no response within 20 ms");
});
