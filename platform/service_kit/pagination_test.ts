import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { v7 as newId } from "uuid";
import type {
  CursorPageMeta,
  StrictServerInterface,
  SuccessContactList,
} from "@archway/tools/support/contact_service/api/contactapi/server.gen.ts";
import { ConsistencyTokens } from "./consistency_tokens.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { KeyRing } from "./signing.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { ContactService } from "@archway/tools/support/contact_service/app.ts";
import { contactHandlers } from "@archway/tools/support/contact_service/http/contact_handlers.ts";
import { PostgresContactRepository } from "@archway/tools/support/contact_service/persistence/contact_repository.ts";
import { timeCursors } from "./page_cursors.ts";
import { microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";

interface Row {
  readonly id: string;
  readonly createdAt: string;
}

type Action = { readonly insertAt: number } | { readonly deleteAt: number };

const BASE = microsecondsOf("2026-11-22T07:41:00Z");
// Few different times, so that many rows share one and the id breaks the tie.
const times = fc.nat({ max: 6 });
const actions: fc.Arbitrary<Action | undefined> = fc.option(
  fc.oneof(fc.record({ insertAt: times }), fc.record({ deleteAt: fc.nat({ max: 40 }) })),
  { nil: undefined },
);

/** A list as one client pages through it, and its table as other clients change it. */
class Walk {
  rows: Row[] = [];
  readonly #api: StrictServerInterface;

  constructor(private readonly pool: ConnectionPool, private readonly limit: number) {
    const service = new ContactService({
      connections: pool,
      repository: new PostgresContactRepository(),
      now: () => timestampOf(BASE),
      newId,
    });
    const secrets = ["a secret of more than 32 bytes, for a test"] as const;
    const keys = new KeyRing(secrets, "test");
    this.#api = contactHandlers(service, {
      cursors: timeCursors("test", { secrets, cursorTtlSeconds: 60 }),
      tokens: new ConsistencyTokens({ keys, position: (options) => pool.position(options) }),
    });
  }

  async insert(at: number): Promise<void> {
    const row = { id: newId(), createdAt: timestampOf(BASE + BigInt(at)) };
    const text = "insert into contacts (id, name, created_at, updated_at) values ($1, 'Ada', $2, $2)";
    await this.pool.writer().query(text, [row.id, row.createdAt]);
    this.rows.push(row);
  }

  async delete(at: number): Promise<void> {
    const row = this.rows[at];
    if (row === undefined) return;
    await this.pool.writer().query("update contacts set deleted_at = now() where id = $1", [row.id]);
    this.rows.splice(at, 1);
  }

  async act(action: Action | undefined): Promise<void> {
    if (action === undefined) return;
    await ("insertAt" in action ? this.insert(action.insertAt) : this.delete(action.deleteAt));
  }

  async page(query: { after?: string; before?: string }): Promise<{ ids: string[]; meta: CursorPageMeta }> {
    const context = {
      requestId: "test",
      url: new URL("http://localhost/v1/contacts"),
      signal: AbortSignal.timeout(30_000),
      principal: undefined,
      unit: undefined,
      traceParent: undefined,
    };
    const response = await this.#api.listContacts(
      { query: { limit: this.limit, ...query }, headers: {} },
      context,
    );
    assert(response.status === 200);
    const { data, meta }: SuccessContactList = response.body;
    assert(meta.mode === "cursor");
    return { ids: data.map(({ id }) => id), meta };
  }

  /** Returns the ids of all rows in the order of the list. */
  sorted(): string[] {
    const rows = this.rows.toSorted((a, b) => {
      const later = Number(microsecondsOf(b.createdAt) - microsecondsOf(a.createdAt));
      return later !== 0 ? later : a.id < b.id ? 1 : -1;
    });
    return rows.map(({ id }) => id);
  }
}

interface Walked {
  readonly forward: string[];
  readonly backward: string[];
}

/** Pages forward to the end and back to the beginning, with a change between two pages. */
async function walk(list: Walk, between: () => Promise<void>): Promise<Walked> {
  let page = await list.page({});
  assertEquals(page.meta.prevCursor, undefined);
  const forward = [...page.ids];
  while (page.meta.nextCursor !== undefined) {
    await between();
    page = await list.page({ after: page.meta.nextCursor });
    forward.push(...page.ids);
  }
  const backward = [...page.ids];
  while (page.meta.prevCursor !== undefined) {
    await between();
    page = await list.page({ before: page.meta.prevCursor });
    backward.unshift(...page.ids);
  }
  return { forward, backward };
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`listContacts() on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;

    async function fresh(limit: number, rows: readonly number[]): Promise<Walk> {
      await pool.writer().query("delete from contacts");
      const list = new Walk(pool, limit);
      for (const at of rows) await list.insert(at);
      return list;
    }

    await t.step("returns every row once in each direction", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 7 }),
          fc.array(times, { maxLength: 25 }),
          async (limit, rows) => {
            const list = await fresh(limit, rows);
            const { forward, backward } = await walk(list, () => Promise.resolve());
            assertEquals(forward, list.sorted());
            assertEquals(backward, list.sorted());
          },
        ),
        { numRuns: 25 },
      );
    });

    await t.step("returns unchanged rows exactly once while others are inserted and deleted", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 5 }),
          fc.array(times, { minLength: 1, maxLength: 20 }),
          fc.array(actions, { maxLength: 30 }),
          async (limit, rows, script) => {
            const list = await fresh(limit, rows);
            const before = list.sorted();
            const left = [...script];
            const { forward, backward } = await walk(list, () => list.act(left.shift()));
            const stayed = before.filter((id) => list.rows.some((row) => row.id === id));
            for (const met of [forward, backward]) {
              assertEquals(new Set(met).size, met.length, "A row was returned twice");
              assertEquals(met.filter((id) => stayed.includes(id)), stayed);
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    await t.step("returns a previous cursor on a page whose rows were all deleted", async () => {
      const list = await fresh(2, [5, 4, 3, 2]);
      const first = await list.page({});
      await list.delete(3);
      await list.delete(2);
      const empty = await list.page({ after: first.meta.nextCursor ?? "" });
      assertEquals([empty.ids, empty.meta.nextCursor], [[], undefined]);
      const back = await list.page({ before: empty.meta.prevCursor ?? "" });
      assertEquals(back.ids, list.sorted());
      assertEquals([back.meta.prevCursor, back.meta.nextCursor], [undefined, undefined]);
    });
  });
}
