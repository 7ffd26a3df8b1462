import { assertEquals, assertMatch } from "@std/assert";
import { openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import { FIXTURE_MIGRATIONS } from "../support/fixture_migrations.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { bareHandler } from "./bare_handler.ts";

const LIST = "http://127.0.0.1/v1/contacts";

Deno.test("bareHandler() serves the requests of the load generator", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(openDriver(database.instance, {}), (driver) => driver.end());
  const handle = bareHandler(sql);

  const locations: string[] = [];
  for (let age = 1; age <= 25; age++) {
    const body = JSON.stringify({ name: "Ada", email: `ada-${age}@example.com`, age });
    const created = await handle(new Request(LIST, { method: "POST", body }));
    assertEquals([created.status, created.headers.get("ETag")], [201, '"1"']);
    locations.unshift(new URL(created.headers.get("Location") ?? "", LIST).href);
  }

  const first = await (await handle(new Request(LIST))).json();
  assertEquals(
    first.data.map(({ id }: { id: string }) => `${LIST}/${id}`).sort(),
    locations.slice(0, 20).sort(),
  );
  const next = await (await handle(new Request(`${LIST}?after=${first.meta.nextCursor}`))).json();
  assertEquals([next.data.length, next.meta.nextCursor], [5, undefined]);

  const [newest = ""] = locations;
  const change = { method: "PATCH", headers: { "If-Match": '"1"' }, body: '{"name":"Grace"}' };
  const patched = await handle(new Request(newest, change));
  assertEquals([patched.status, patched.headers.get("ETag")], [200, '"2"']);
  assertEquals((await handle(new Request(newest, change))).status, 412);
  const found = await (await handle(new Request(newest))).json();
  assertEquals([found.data.name, found.data.age], ["Grace", 25]);
  assertMatch(found.data.updatedAt, /^\d{4}-.*Z$/);
  assertEquals((await handle(new Request("http://127.0.0.1/livez"))).status, 200);
});
