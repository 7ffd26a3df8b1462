import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { cursorPages, namedPages, numberedPages } from "./deep_pages.ts";
import { startService } from "./programs.ts";
import { seedContacts } from "./seed_contacts.ts";

Deno.test("cursorPages(), numberedPages() and namedPages() are the pages that their names say", async () => {
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
  const idsOf = async (path = ""): Promise<readonly string[]> => {
    const response = await fetch(server.url(path));
    const { data }: { readonly data: readonly { readonly id: string }[] } = await response.json();
    return data.map(({ id }) => id);
  };

  const [first, deep] = await cursorPages({ database, server, secret, depths: [1, 1500] });
  assertEquals([first?.name, first?.paths.length, deep?.name], [
    "by cursor, after 1",
    50,
    "by cursor, after 1,500",
  ]);
  assertEquals(await idsOf(first?.paths[0]), ids.slice(1, 21));
  assertEquals(await idsOf(deep?.paths[0]), ids.slice(1500, 1520));
  assertEquals(await idsOf(deep?.paths[49]), ids.slice(1500 + 49 * 20, 1520 + 49 * 20));

  const [one, far] = numberedPages([1, 1500]);
  assertEquals([one?.name, far?.name], ["by number, page 1", "by number, page 76"]);
  assertEquals(await idsOf(one?.paths[0]), ids.slice(0, 20));
  assertEquals(await idsOf(far?.paths[0]), ids.slice(1500, 1520));

  const [many, single, none] = await namedPages(database, 2700);
  const named = (prefix: string): string[] =>
    rows.filter(({ name }) => name.toLowerCase().startsWith(prefix)).map(({ id }) => id);
  assertEquals(await idsOf(many?.paths[0]), named("a").slice(0, 20));
  assertEquals(await idsOf(single?.paths[0]), ids.slice(2699, 2700));
  assertEquals(await idsOf(none?.paths[0]), []);
});
