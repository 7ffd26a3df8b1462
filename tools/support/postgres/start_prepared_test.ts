import { assertNotEquals, assertRejects } from "@std/assert";
import { isOpen } from "../is_open.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import { PostgresServer } from "./postgres_server.ts";
import { prepareEmpty } from "./start_postgres.ts";
import { startPrepared } from "./start_prepared.ts";

Deno.test("startPrepared() uses another port if its own was taken in the meantime", async () => {
  const binaries = await postgresBinaries();
  const prepared = await prepareEmpty({ tcp: true });
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: prepared.instance.port });
  await using server = await startPrepared(prepared, (found) => new PostgresServer(found, binaries));
  assertNotEquals(server.instance.port, prepared.instance.port);
  while (!await isOpen(server.instance.port));
});

Deno.test("startPrepared() rejects other errors", async () => {
  const binaries = await postgresBinaries();
  const prepared = await prepareEmpty({ settings: { unheard_of: "on" } });
  await using server = new PostgresServer(prepared, binaries);
  await assertRejects(() => startPrepared(prepared, () => server), Error, "unheard_of");
});
