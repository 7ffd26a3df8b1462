import { assertEquals } from "@std/assert";
import type { Client } from "./client.ts";
import type { Prepared, Row } from "./row.ts";
import { RowSetups } from "./row_setups.ts";

Deno.test("RowSetups shares what rows leave as it is, prepares it for every other row, and deletes all of it", async () => {
  const deleted: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    ({ method, url }) => {
      deleted.push(`${method} ${new URL(url).pathname}`);
      return new Response(null, { status: 204 });
    },
  );
  const origin = new URL(`http://127.0.0.1:${server.addr.port}`);
  const client: Client = { origin, fields: [], timeoutMs: 5_000 };
  let count = 0;
  const given = (): Promise<Prepared> => {
    const id = String(++count);
    return Promise.resolve({ placeholders: { id }, paths: [`/${id}`] });
  };
  const row = (status: Row["expect"]["status"], more: Partial<Row> = {}): Row => {
    return { name: "x", request: { line: "PUT /" }, given, expect: { status }, ...more };
  };
  const rows = [
    ...([400, [404, 422], 201, [201, 422], 304, "2xx", "any"] as const).map((status) => row(status)),
    row(200, { request: { line: "GET /" } }),
    row(400, { isHouseRule: true }),
    ...[row("any", { isSharing: true }), row("any", { isSharing: true })],
  ];
  const ids: (string | undefined)[] = [];
  {
    await using setups = new RowSetups(client, false);
    for (const one of rows) {
      await using setup = await setups.prepare(one);
      ids.push(setup.placeholders["id"]);
    }
    assertEquals(deleted, ["2", "3", "4", "5", "6", "7"].map((id) => `DELETE /${id}`));
  }
  assertEquals(ids.join(), "1,1,2,3,4,5,6,1,7,8,8");
  assertEquals(deleted.slice(6), ["DELETE /1", "DELETE /8"]);
});
