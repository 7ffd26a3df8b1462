import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { cursorPages, otherPages } from "./deep_pages.ts";
import { startService } from "./programs.ts";
import { seedContacts } from "./seed_contacts.ts";

Deno.test("cursorPages() and otherPages() are the pages that their names say", async () => {
  await using test = await useTestDatabase();
  const database = test.instance;
  await seedContacts(database, { sampleSize: 1, count: 3000 });
  await using pool = openPool({ primary: database, replicas: [] });
  const { rows } = await pool.reader().query<{ id: string; name: string }>(
    "select id, name from contacts order by created_at desc, id desc",
  );
  const ids = rows.map(({ id }) => id);
  const secret = "a secret of more than 32 bytes for a test";
  await using stack = new AsyncDisposableStack();
  const owner = { stack, signal: AbortSignal.timeout(20_000) };
  const server = await startService(database, owner, { env: { HMAC_SECRET: secret } });
  const cursors = await cursorPages({ database, server, secret, depths: [1, 1500] });
  const others = await otherPages(database, [1, 1500, 2700]);
  const idsOf = async (name: string, page = 0): Promise<readonly string[]> => {
    const response = await fetch(server.url(({ ...cursors, ...others })[name]?.[page] ?? ""));
    const { data }: { readonly data: readonly { readonly id: string }[] } = await response.json();
    return data.map(({ id }) => id);
  };

  assertEquals(cursors["by cursor, after 1"]?.length, 50);
  assertEquals(await idsOf("by cursor, after 1"), ids.slice(1, 21));
  assertEquals(await idsOf("by cursor, after 1,500"), ids.slice(1500, 1520));
  assertEquals(await idsOf("by cursor, after 1,500", 49), ids.slice(1500 + 49 * 20, 1520 + 49 * 20));
  assertEquals(await idsOf("by number, page 1"), ids.slice(0, 20));
  assertEquals(await idsOf("by number, page 76"), ids.slice(1500, 1520));
  const many = rows.filter(({ name }) => name.startsWith("A")).map(({ id }) => id);
  assertEquals(await idsOf("of a name that one in four has"), many.slice(0, 20));
  assertEquals(await idsOf("of a name that one has"), ids.slice(2699, 2700));
  assertEquals(await idsOf("of a name that none has"), []);
});
