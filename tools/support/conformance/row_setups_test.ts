import { assertEquals } from "@std/assert";
import type { Client } from "./client.ts";
import type { Prepared, Row } from "./row.ts";
import { RowSetups } from "./row_setups.ts";

Deno.test("RowSetups prepares once for rows that are refused, for every other row, and deletes all of it", async () => {
  const deleted: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    ({ method, url }) => {
      deleted.push(`${method} ${new URL(url).pathname}`);
      return new Response(null, { status: 204 });
    },
  );
  const client: Client = {
    origin: new URL(`http://127.0.0.1:${server.addr.port}`),
    fields: [],
    timeoutMs: 5_000,
  };
  let count = 0;
  const given = (): Promise<Prepared> => {
    const id = String(++count);
    return Promise.resolve({ placeholders: { id }, paths: [`/${id}`] });
  };
  const row = (status: Row["expect"]["status"]): Row => ({
    name: "x",
    request: "",
    given,
    expect: { status },
  });
  const ids: (string | undefined)[] = [];
  {
    await using setups = new RowSetups(client);
    for (const status of [400, [404, 422], 201, [201, 422], 304, "4xx", "2xx"] as const) {
      await using setup = await setups.prepare(row(status));
      ids.push(setup.placeholders["id"]);
    }
    assertEquals(deleted, ["DELETE /2", "DELETE /3", "DELETE /4", "DELETE /5"]);
  }
  assertEquals(ids, ["1", "1", "2", "3", "4", "1", "5"]);
  assertEquals(deleted.at(-1), "DELETE /1");
});
