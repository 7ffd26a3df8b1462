import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CommandError } from "@archway/service_kit/command.ts";
import type { EventCatalog } from "@archway/service_kit/event_catalog.ts";
import { eventExport } from "./event_export.ts";
import { EventStore } from "./event_store.ts";
import { openEventDatabase } from "./testing/event_databases.ts";

const CATALOG: EventCatalog = {
  types: {
    "thing.made": [({ label, ...data }) => ({ ...data, name: label })],
    "thing.lost": [],
  },
  personal: () => [{ fields: ["finder"], subjects: [] }],
  toJson: () => ({}),
  recipients: () => Promise.resolve([]),
};

const MADE = eventExport({
  name: "things",
  description: "things",
  types: ["thing.made"],
  columns: {
    name: { type: "text", description: "" },
    finder: { type: "text", description: "" },
  },
  valuesOf: ({ data: { name, finder } }) => ({
    name: String(name),
    finder: finder === null ? null : String(finder),
  }),
});

Deno.test("eventExport() reads events of its types in their newest version, without personal data", async () => {
  await using database = await openEventDatabase();
  const { pool } = database;
  const store = new EventStore({ ...CATALOG.types, "thing.sold": [] });
  const append = (stream: string, type: string, schemaVersion: number): Promise<readonly bigint[]> =>
    pool.withTx((tx) =>
      store.append(tx, [{
        ...{ stream, expectedVersion: 0n },
        events: [{ type, schemaVersion, data: { label: stream, name: stream, finder: "Ada" } }],
      }], { metadata: {}, recordedAt: "2026-11-30T10:00:00.000001Z" })
    );
  await append("a", "thing.made", 1);
  await append("b", "thing.lost", 1);
  await append("c", "thing.made", 2);
  await append("d", "thing.lost", 1);
  const source = MADE.open([CATALOG]);
  const until = await source.settledPosition(pool);
  const db = pool.writer();
  const range = { after: 0n, until };
  assertEquals(await source.count(db, range), 2n);
  const all = await source.read(db, { ...range, limit: 10 });
  assertEquals([all.through, all.rows.map(({ values }) => [values["name"], values["finder"]])], [
    until,
    [["a", null], ["c", null]],
  ]);
  // A page ends at its last event, and the next one continues there.
  const [first] = all.rows;
  const page = await source.read(db, { ...range, limit: 1 });
  assertEquals([page.through, page.rows], [first?.position, [first]]);
  const rest = await source.read(db, { after: page.through, until, limit: 2 });
  assertEquals([rest.through, rest.rows], [until, all.rows.slice(1)]);

  const before = await source.fingerprint(db, range);
  assertEquals(await source.fingerprint(db, range), before);
  assertNotEquals(await source.fingerprint(db, { after: page.through, until }), before);
  await append("e", "thing.lost", 1);
  const later = { after: 0n, until: await source.settledPosition(pool) };
  assertEquals(await source.fingerprint(db, later), before);
  await append("f", "thing.made", 3);
  const unknown = { after: 0n, until: await source.settledPosition(pool) };
  assertNotEquals(await source.fingerprint(db, unknown), before);
  const error = await assertRejects(() => source.read(db, { ...unknown, limit: 10 }), CommandError);
  assertEquals(
    error.message,
    "Cannot read event thing.made: unknown schema version 3; export with the release that has recorded it",
  );
});
