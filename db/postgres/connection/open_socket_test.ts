import { assert, assertRejects } from "@std/assert";
import { DatabaseError } from "../../errors.ts";
import { openSocket } from "./open_socket.ts";

const access = { user: "", password: "", database: "", maxConnections: 1 };

Deno.test("openSocket() returns a socket whose loss is harmless before a listener is added", async () => {
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  // Connections that were not accepted are reset when the listener closes.
  const listener = Deno.listen({ transport: "unix", path: `${host}/.s.PGSQL.5432` });
  const socket = await openSocket({ host, port: 5432, ...access }, { timeoutMs: 60_000 });
  socket.resume();
  listener.close();
  // A plain promise of "close": once() would also listen for errors.
  await new Promise((resolve) => socket.on("close", resolve));
  assert(socket.destroyed);
  await Deno.remove(host, { recursive: true });
});

Deno.test("openSocket() rejects when the connection is refused", async () => {
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  await assertRejects(
    () => openSocket({ host, port: 5432, ...access }, { timeoutMs: 60_000 }),
    DatabaseError,
  );
  await Deno.remove(host, { recursive: true });
});
