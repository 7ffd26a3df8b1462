import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { type IdempotencyKeyEntry, listIdempotencyKeys } from "./list_idempotency_keys.ts";

const KEYS =
  `insert into idempotency_keys (id, operation, fingerprint, status, headers, body, created_at, expires_at)
  select sha256(n::text::bytea), 'POST /' || n, sha256('a'), 201, '[]', case n when 1 then '\\x00ff'::bytea end,
    timestamptz '2026-11-29 12:00Z' + n / 3 * interval '1 hour', timestamptz '2026-11-30 12:00Z' + n / 3 * interval '1 hour'
  from generate_series(1, 8) as n`;

Deno.test("listIdempotencyKeys() returns each key on one page, newest first", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const db = pool.writer();
  await db.query(KEYS);
  const all: IdempotencyKeyEntry[] = [];
  for (let page: readonly IdempotencyKeyEntry[] = [];;) {
    page = await listIdempotencyKeys(db, { after: all.at(-1), now: "2026-11-30T13:00:00Z", limit: 3 });
    all.push(...page);
    if (page.length < 3) break;
  }
  assertEquals(
    all.map(({ operation }) => Math.floor(Number(operation.slice("POST /".length)) / 3)),
    [2, 2, 2, 1, 1, 1, 0, 0],
  );
  assertEquals(new Set(all.map(({ id }) => id)).size, 8);
  assertEquals(all.map(({ isExpired }) => isExpired), [
    ...[2, 2, 2].map(() => false),
    ...Array(5).fill(true),
  ]);
  assertEquals(all.map(({ bodyBytes }) => bodyBytes).filter((bytes) => bytes !== null), [2]);
});
