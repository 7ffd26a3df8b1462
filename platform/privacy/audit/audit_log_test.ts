import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { privacyModule } from "../module.ts";
import { DatabaseTrail } from "./database_trail.ts";
import { closeBlocks } from "./close_blocks.ts";
import { type LogVerification, verifyLog } from "./verify_log.ts";

const now = microsecondClock();

/** Fills the log with changes of resources a to f, in two blocks. */
async function fill(pool: ConnectionPool): Promise<void> {
  await tamper(pool, "delete from audit_log", "delete from audit_blocks");
  const trail = new DatabaseTrail({ pool, now, logger: SILENT_LOGGER, reads: true });
  for (const ids of [["a", "b", "c"], ["d", "e", "f"]]) {
    for (const id of ids) {
      const entry = { actor: "ada", action: "update", resource: "widget", ids: [id] } as const;
      await pool.withTx((tx) => trail.changed(tx, [entry]));
    }
    await closeBlocks(pool);
  }
}

/** Runs statements as an owner of the tables who lifts their protection. */
async function tamper(pool: ConnectionPool, ...statements: readonly string[]): Promise<void> {
  await pool.withTx(async (tx) => {
    for (const table of ["audit_log", "audit_blocks"]) {
      await tx.query(`alter table ${table} disable trigger user`);
    }
    for (const statement of statements) await tx.query(statement);
    for (const table of ["audit_log", "audit_blocks"]) {
      await tx.query(`alter table ${table} enable trigger user`);
    }
  });
}

function verify(pool: ConnectionPool, head?: string): Promise<LogVerification> {
  return pool.withTx((tx) => verifyLog(tx, head));
}

const POSITION = (id: string): string => `(select position from audit_log where ids = '{${id}}')`;

/** Statements by what they do, and the finding. */
const TAMPERINGS: Readonly<Record<string, readonly [statements: readonly string[], finding: RegExp]>> = {
  "a changed row": [
    ["update audit_log set actor = 'bob' where ids = '{b}'"],
    /^row \d+ was changed: it does not have its hash$/,
  ],
  "a row that another one replaces": [
    [`update audit_log as one set (id, at, actor, hash) = (select id, at, actor, hash from audit_log where ids = '{e}'),
      ids = '{e}' where ids = '{b}'`],
    /^rows of block 1 .* were reordered or replaced$/,
  ],
  "a removed row": [["delete from audit_log where ids = '{e}'"], /^1 rows of block 2 .* were removed$/],
  "reordered rows": [
    [
      // The column is an identity, which an update cannot set otherwise.
      "alter table audit_log alter column position drop identity",
      `update audit_log set position = -1 where ids = '{a}'`,
      `update audit_log set position = ${POSITION("b")} + 1000 where ids = '{b}'`,
      `update audit_log set position = (select last_position - 2 from audit_blocks where number = 1) where position > 1000`,
      `update audit_log set position = (select last_position - 1 from audit_blocks where number = 1) where position = -1`,
      "alter table audit_log alter column position add generated always as identity",
    ],
    /^rows of block 1 .* were reordered or replaced$/,
  ],
  "a row before the first position": [
    [
      `insert into audit_log (position, id, at, actor, action, resource, ids, hash) overriding system value
        select -5, id, at, actor, action, resource, ids, hash from audit_log where ids = '{a}'`,
    ],
    /^row -5 was added: positions begin at 1$/,
  ],
  "a removed block": [
    ["delete from audit_blocks where number = 1"],
    /^block 1 is missing: blocks were removed$/,
  ],
};

for (const [name, open] of Object.entries(serviceDatabases(privacyModule))) {
  Deno.test(`verifyLog() on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;
    await t.step("finds nothing in an untouched log", async () => {
      await fill(pool);
      const { rows, blocks, rest, head, findings } = await verify(pool);
      assertEquals([rows, blocks, rest, findings], [6n, 2n, 0n, []]);
      assertMatch(head, /^2:[0-9a-f]{64}$/);
      assertEquals((await verify(pool, head)).findings, []);
    });
    for (const [title, [statements, finding]] of Object.entries(TAMPERINGS)) {
      await t.step(`finds ${title}`, async () => {
        await fill(pool);
        await tamper(pool, ...statements);
        const { findings } = await verify(pool);
        assertMatch(findings[0] ?? "nothing", finding);
      });
    }
    await t.step("finds by a noted head that the end was cut off", async () => {
      await fill(pool);
      const { head } = await verify(pool);
      await tamper(
        pool,
        "delete from audit_log where position > (select last_position from audit_blocks where number = 1)",
        "delete from audit_blocks where number = 2",
      );
      assertEquals((await verify(pool)).findings, []);
      assertMatch((await verify(pool, head)).findings[0] ?? "nothing", /is not part of the chain/);
    });
    await t.step("the database refuses changes of the log", async () => {
      await fill(pool);
      const statements = ["audit_log", "audit_blocks"].flatMap((table) => [
        `delete from ${table}`,
        `truncate ${table}`,
      ]);
      for (const statement of [...statements, "update audit_log set actor = 'bob'"]) {
        await assertRejects(() => pool.writer().query(statement), DatabaseError);
      }
    });
    await t.step(
      "reads are written together, and when the trail is disposed of; without them, what was sent neither",
      async () => {
        await fill(pool);
        {
          await using trail = new DatabaseTrail({ pool, now, logger: SILENT_LOGGER, reads: true });
          trail.read({ actor: null, resource: "widget", ids: ["a", "b"] });
          trail.read({ actor: "ada", resource: "widget", ids: [] });
        }
        const query = "select actor, action, ids from audit_log where action = 'read'";
        assertEquals((await pool.writer().query(query)).rows, [{
          actor: null,
          action: "read",
          ids: ["a", "b"],
        }]);
        assertEquals((await verify(pool)).rest, 1n);
        await using silent = new DatabaseTrail({ pool, now, logger: SILENT_LOGGER, reads: false });
        silent.read({ actor: null, resource: "widget", ids: ["c"] });
        const sent = { actor: null, action: "send", resource: "widget", ids: ["c"] } as const;
        await silent.changed(pool.writer(), [sent]);
        const statement = ["select 1", []] as const;
        assertEquals(silent.recording(statement, sent), statement);
        await silent.flush();
        assertEquals((await pool.writer().query(query)).rowCount, 1);
        assertEquals((await verify(pool)).rows, 7n);
      },
    );
  });
}

Deno.test("closeBlocks() waits for transactions that may add rows before the last one", async () => {
  const { PostgreSQL: open } = serviceDatabases(privacyModule);
  if (open === undefined) throw new Error("There is no PostgreSQL");
  await using database = await open();
  const { pool } = database;
  const trail = new DatabaseTrail({ pool, now, logger: SILENT_LOGGER, reads: true });
  const entry = { actor: null, action: "create", resource: "widget", ids: ["late"] } as const;
  const [written, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = pool.withTx(async (tx) => {
    await trail.changed(tx, [entry]);
    written.resolve();
    await commit.promise;
  });
  await written.promise;
  await pool.withTx((tx) => trail.changed(tx, [{ ...entry, ids: ["early"] }]));
  const closing = closeBlocks(pool);
  commit.resolve();
  await Promise.all([slow, closing]);
  const { rows, blocks, rest, findings } = await verify(pool);
  assertEquals([rows, blocks, rest, findings], [2n, 1n, 0n, []]);
});
