import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { EventFeed } from "./event_feed.ts";
import type { FeedSubscription } from "./feed/feed_subscription.ts";
import { EventStore } from "./store/event_store.ts";
import { emptyEventTables } from "./testing/empty_event_tables.ts";
import { DATABASE_NAMES, openEventDatabase } from "./testing/event_databases.ts";
import { sampleData, testCatalog } from "./testing/test_catalog.ts";

const CATALOG = testCatalog();
const STORE = new EventStore(CATALOG.types, { categories: ["order"] });
const OPTIONS = { metadata: {}, recordedAt: "2026-11-25T10:00:00.000001Z" };

/** Places an order of a buyer at a shop, whose owner is the seller. */
async function place(
  pool: ConnectionPool,
  note: string,
  { buyer = "ada", category = "order" } = {},
): Promise<void> {
  const data = { ...sampleData("order.placed"), buyer, note };
  const stream = `${category}-${crypto.randomUUID()}`;
  const events = [{ type: "order.placed", schemaVersion: 1, data }];
  await pool.withTx((tx) => STORE.append(tx, [{ stream, expectedVersion: 0n, events }], OPTIONS));
}

/** Returns the notes of the next events. */
async function take(subscription: FeedSubscription, count: number): Promise<readonly unknown[]> {
  const notes: unknown[] = [];
  while (notes.length < count) notes.push((await subscription.next()).value?.data["note"]);
  return notes;
}

const CASES: Readonly<Record<string, (feed: EventFeed, pool: ConnectionPool) => Promise<void>>> = {
  "delivers the events of an owner from now on": async (feed, pool) => {
    await using earlier = await feed.subscribe({ owner: undefined });
    await place(pool, "before");
    // Transactions of other databases hold events back.
    assertEquals(await take(earlier, 1), ["before"]);
    await using ada = await feed.subscribe({ owner: "ada" });
    await using seller = await feed.subscribe({ owner: "sam" });
    await using all = await feed.subscribe({ owner: undefined });
    await place(pool, "1");
    await place(pool, "hers", { buyer: "bea" });
    await place(pool, "other", { category: "basket" });
    await place(pool, "2");
    assertEquals(await take(ada, 2), ["1", "2"]);
    assertEquals(await take(seller, 3), ["1", "hers", "2"]);
    assertEquals(await take(all, 3), ["1", "hers", "2"]);
  },
  "continues after a position, and then delivers": async (feed, pool) => {
    await using first = await feed.subscribe({ owner: "ada" });
    await place(pool, "1");
    const { value } = await first.next();
    for (let index = 2; index <= 250; index++) await place(pool, `${index}`);
    await place(pool, "hers", { buyer: "bea" });
    await using second = await feed.subscribe({ owner: "ada", after: value?.position });
    const all = Array.from({ length: 249 }, (_, index) => `${index + 2}`);
    assertEquals(await take(second, 249), all);
    await place(pool, "last");
    assertEquals(await take(second, 1), ["last"]);
    // More events than the feed holds for a subscriber that does not read.
    assertEquals(await take(first, 250), [...all, "last"]);
  },
  "ends subscriptions that wait, and stops without any": async (feed, pool) => {
    const subscription = await feed.subscribe({ owner: "ada" });
    const next = subscription.next();
    await subscription.return();
    assertEquals(await next, { value: undefined, done: true });
    assertEquals(feed.size, 0);
    await using again = await feed.subscribe({ owner: "ada" });
    await place(pool, "1");
    assertEquals(await take(again, 1), ["1"]);
  },
};

for (const name of DATABASE_NAMES) {
  Deno.test(`EventFeed on ${name}`, async (t) => {
    await using database = await openEventDatabase(name);
    const { pool } = database;
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyEventTables(pool);
        const options = { pool, store: STORE, recipients: CATALOG.recipients, logger: SILENT_LOGGER };
        await run(new EventFeed({ ...options, pollMs: 100 }), pool);
      });
    }
  });
}
