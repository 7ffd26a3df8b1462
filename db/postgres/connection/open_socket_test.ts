import { assert, assertRejects } from "@std/assert";
import { DatabaseError } from "../../errors.ts";
import { openSocket } from "./open_socket.ts";

const access = { user: "", password: "", database: "", maxConnections: 1 };

Deno.test("openSocket() gives a socket whose loss ends nothing, before anybody listens for it", async () => {
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  // Whoever has connected and was not accepted is reset when the listener goes.
  const listener = Deno.listen({ transport: "unix", path: `${host}/.s.PGSQL.5432` });
  const socket = await openSocket({ host, port: 5432, ...access }, { timeoutMs: 60_000 });
  socket.resume();
  listener.close();
  // Only a promise of "close": once() would listen for errors too.
  await new Promise((resolve) => socket.on("close", resolve));
  assert(socket.destroyed);
  await Deno.remove(host, { recursive: true });
});

Deno.test("openSocket() rejects when nobody listens", async () => {
  const host = await Deno.makeTempDir({ prefix: "archway_test_" });
  await assertRejects(
    () => openSocket({ host, port: 5432, ...access }, { timeoutMs: 60_000 }),
    DatabaseError,
  );
  await Deno.remove(host, { recursive: true });
});
