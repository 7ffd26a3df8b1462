import { assert, assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { openSocket } from "../connection/open_socket.ts";
import { sendCancelRequest } from "./cancel_request.ts";
import type { QueryResult } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { ServerError } from "./server_message.ts";
import { connect } from "./testing/connect.ts";
import { send, sendScript } from "./testing/send.ts";
import { WireError } from "./wire_error.ts";

async function codeOf(running: Promise<unknown>): Promise<string | undefined> {
  return (await assertRejects(() => running, ServerError)).code;
}

Deno.test("WireConnection returns the results of statements that are sent behind each other", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance, { settings: { TimeZone: "UTC" } });
  const results = await Promise.all(Array.from({ length: 200 }, async (_, index) => {
    if (index % 5 === 4) return await codeOf(send(connection, "SELECT 1 / $1::int AS n", [0]));
    const { rows, rowCount } = await send(connection, "SELECT $1::int AS n, $2::text AS text", [
      index,
      "é".repeat(index),
    ]);
    assertEquals([rows, rowCount], [[{ n: index, text: "é".repeat(index) }], 1]);
    return index;
  }));
  assertEquals(results, results.map((_, index) => index % 5 === 4 ? "22012" : index));
  assertEquals(await send(connection, ""), { rows: [], rowCount: 0 });
  assertEquals(await send(connection, "SELECT"), { rows: [{}], rowCount: 1 });
  assertEquals((await send(connection, "CREATE TABLE things (id int)")).rowCount, 0);
  assertEquals((await send(connection, "INSERT INTO things SELECT generate_series(1, 3)")).rowCount, 3);
});

Deno.test("WireConnection transfers large parameters and rows", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const large = "日本 😀 ".repeat(400_000);
  const read = "SELECT $1::text AS text, $2::bytea AS bytes, $3::int AS n";
  const results = await Promise.all([1, 2, 3].map((n) => send(connection, read, [large, bytes, n])));
  assertEquals(results.map(({ rows: [row] }) => row?.["n"]), [1, 2, 3]);
  for (const { rows: [row] } of results) {
    assert(row?.["text"] === large);
    assertEquals(row["bytes"], bytes);
  }
  const many = await send(
    connection,
    "SELECT n, repeat('x', 100) AS text FROM generate_series(1, 50000) AS n",
  );
  assertEquals([many.rowCount, many.rows.length, many.rows.at(-1)?.["n"]], [50_000, 50_000, 50_000]);
});

Deno.test("WireConnection.query() prepares more statements at once than are kept", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance, { maxStatements: 1 });
  for (let count = 0; count < 3; count++) {
    await send(connection, "SELECT 7 AS n");
    const leading = [{ text: `SELECT ${count}`, parameters: [] }];
    const { rows } = await new Promise<QueryResult<object>>((onResult, onError) => {
      connection.query("SELECT 7 AS n", [], { leading, onResult, onError });
    });
    assertEquals(rows, [{ n: 7 }]);
  }
});

Deno.test("WireConnection reports a statement as stale whose tables have changed, and prepares it again", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  await sendScript(connection, "CREATE TABLE things AS SELECT 1 AS id");
  const outcome = (text: string): Promise<unknown> =>
    new Promise((resolve) => {
      connection.query(text, [], {
        onResult: ({ rows }) => resolve(rows),
        onError: (error, isStale) => resolve([error instanceof ServerError && error.code, isStale]),
      });
    });
  const text = "SELECT * FROM things";
  assertEquals(await outcome(text), [{ id: 1 }]);
  await sendScript(connection, "ALTER TABLE things ADD COLUMN name text");
  assertEquals(await Promise.all([outcome(text), outcome(text)]), [["0A000", true], ["0A000", true]]);
  assertEquals(await Promise.all([outcome(text), outcome(text)]), [[{ id: 1, name: null }], [{
    id: 1,
    name: null,
  }]]);
  await sendScript(connection, "DEALLOCATE ALL");
  assertEquals(await outcome(text), ["26000", true]);
  assertEquals(await outcome(text), [{ id: 1, name: null }]);
  // An error of another kind is not one of the prepared form.
  assertEquals(await outcome("SELECT * FROM nowhere"), ["42P01", false]);
  assertEquals(await outcome("EXECUTE nothing"), ["26000", false]);
});

Deno.test("WireConnection keeps a bounded number of prepared statements on the server", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance, { maxStatements: 5 });
  const count = "SELECT count(*)::int AS count FROM pg_prepared_statements";
  for (let n = 0; n < 40; n++) assertEquals((await send(connection, `SELECT ${n} AS n`)).rows, [{ n }]);
  assertEquals((await send(connection, count)).rows, [{ count: 5 }]);
  await using pooled = await connect(database.instance, { maxStatements: 0 });
  for (let n = 0; n < 3; n++) await send(pooled, "SELECT 1");
  assertEquals((await send(pooled, count)).rows, [{ count: 0 }]);
});

Deno.test("WireConnection goes on after texts that the protocol cannot transfer", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  for (let round = 0; round < 2; round++) {
    await assertRejects(() => send(connection, "SELECT '\0'"), RangeError, "character 0");
    assertEquals(await codeOf(send(connection, "SELECT $1::text", ["\0"])), "22021");
    const many = Array.from({ length: 65_536 }, () => 1);
    await assertRejects(() => send(connection, "SELECT 1", many), RangeError, "at most 65,535 parameters");
    assertEquals((await send(connection, "SELECT 1 AS one")).rows, [{ one: 1 }]);
  }
  const most = Array.from({ length: 65_535 }, (_, index) => index);
  const names = most.map((index) => `$${index + 1}`).join(", ");
  const sum = `SELECT sum(n::int)::int AS sum FROM unnest(ARRAY[${names}]::text[]) AS n`;
  assertEquals((await send(connection, sum, most)).rows, [{ sum: (65_534 * 65_535) / 2 }]);
});

Deno.test("WireConnection returns long names and as many columns as a server has", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  const columns = Array.from({ length: 1_664 }, (_, index) => `${index} AS c${index}`);
  const { rows: [row] } = await send(connection, `SELECT ${columns.join(", ")}`);
  assertEquals([Object.keys(row ?? {}).length, row?.["c1663"]], [1_664, 1_663]);
  assertEquals(await codeOf(send(connection, `SELECT ${columns.join(", ")}, 1 AS last`)), "54011");
  const name = "é".repeat(100);
  assertEquals((await send(connection, `SELECT 1 AS "${name}"`)).rows, [{ [name.slice(0, 31)]: 1 }]);
});

Deno.test("WireConnection closes statements with one that can be sent", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance, { maxStatements: 1 });
  for (let round = 0; round < 3; round++) {
    // The next one evicts it.
    await send(connection, `SELECT ${round} AS n`);
    await assertRejects(() => send(connection, "SELECT '\0'"), RangeError);
    await sendScript(connection, "SELECT 1");
  }
  const names = "SELECT count(*)::int AS count FROM pg_prepared_statements";
  assertEquals((await send(connection, names)).rows, [{ count: 1 }]);
});

Deno.test("WireConnection passes notices and notifications on", async () => {
  await using database = await useTestDatabase();
  const notices: unknown[] = [];
  const notifications: unknown[] = [];
  await using connection = await connect(database.instance, {
    onNotice: ({ severity, message }) => notices.push([severity, message]),
    onNotification: (...notification) => notifications.push(notification),
  });
  await sendScript(
    connection,
    "LISTEN news; NOTIFY news, 'first'; DO $$ BEGIN RAISE WARNING 'careful'; END $$",
  );
  await send(connection, "SELECT pg_notify('news', 'é')");
  assertEquals(notices, [["WARNING", "careful"]]);
  assertEquals(notifications, [["news", "first"], ["news", "é"]]);
});

Deno.test("sendCancelRequest() cancels the statement that runs", async () => {
  await using database = await useTestDatabase();
  const { instance } = database;
  await using connection = await connect(instance);
  await using observer = await connect(instance);
  const sleeping = codeOf(send(connection, "SELECT pg_sleep(600)"));
  const { key } = connection;
  assert(key !== undefined);
  const state = "SELECT state FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
  while ((await send(observer, state, [key.pid])).rowCount === 0);
  const socket = await openSocket(instance, { timeoutMs: 60_000 });
  await sendCancelRequest(socket, { key, host: instance.host });
  assertEquals(await sleeping, "57014");
  assertEquals((await send(connection, "SELECT 1 AS one")).rows, [{ one: 1 }]);
});

Deno.test("WireConnection.close() waits for statements in flight, for a time", async () => {
  await using database = await useTestDatabase();
  const connection = await connect(database.instance);
  const running = send(connection, "SELECT pg_sleep(0.02)");
  await connection.close(60_000);
  assertEquals((await running).rowCount, 1);
  await assertRejects(() => send(connection, "SELECT 1"), WireError);
  const busy = await connect(database.instance);
  const sleeping = assertRejects(() => send(busy, "SELECT pg_sleep(600)"), WireError);
  await busy.close(10);
  assertEquals((await sleeping).code, "CONNECTION_ENDED");
});

Deno.test("WireConnection refuses a COPY sent as a statement, and ends", async () => {
  await using database = await useTestDatabase();
  for (const text of ["COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"]) {
    const connection = await connect(database.instance);
    const { message } = await assertRejects(() => send(connection, text), DatabaseError);
    assertEquals([message.slice(0, 33), connection.isOpen], ["COPY FROM STDIN and COPY TO STDOU", false]);
  }
});
