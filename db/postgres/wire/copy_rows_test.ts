import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { DatabaseError } from "../../errors.ts";
import { copyIn, copyOut } from "./copy_rows.ts";
import { ServerError } from "./server_message.ts";
import { connect } from "./testing/connect.ts";
import { send, sendScript } from "./testing/send.ts";

const ROWS = 20_000;

/** Returns rows in parts that end anywhere. */
function* parts(): Generator<Uint8Array> {
  const text = Array.from({ length: ROWS }, (_, id) => `${id}\t${"é".repeat(id % 100)}\n`).join("");
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += 50_001) yield bytes.subarray(start, start + 50_001);
}

Deno.test("copyIn() and copyOut() transfer rows, and the connection takes statements again", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  await sendScript(connection, "CREATE TABLE things (id int PRIMARY KEY, name text)");
  assertEquals(await copyIn(connection, { text: "COPY things FROM STDIN", parts: parts() }), ROWS);
  const received: Uint8Array[] = [];
  for await (const part of copyOut(connection, { text: "COPY (TABLE things ORDER BY id) TO STDOUT" })) {
    received.push(part);
  }
  assertEquals(Buffer.concat(received).equals(Buffer.concat([...parts()])), true);
  assertEquals((await send(connection, "SELECT count(*)::int AS count FROM things")).rows, [{ count: ROWS }]);
});

Deno.test("copyOut() lets the server wait for a slow consumer", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  await using observer = await connect(database.instance);
  const text = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT";
  let size = 0;
  for await (const part of copyOut(connection, { text })) {
    if (size === 0) {
      const waits = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'";
      while ((await send(observer, waits, [connection.key?.pid ?? 0])).rowCount === 0);
    }
    size += part.length;
  }
  assertEquals(size, 100_000 * 1_001);
});

Deno.test("copyIn() rejects with the error of the server or of its rows, and keeps none", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  await sendScript(connection, "CREATE TABLE things (id int PRIMARY KEY, name text)");
  const copy = "COPY things FROM STDIN";
  const bad = [Buffer.from("1\ta\n"), Buffer.from("not a number\tb\n"), ...parts()];
  assertEquals(
    (await assertRejects(() => copyIn(connection, { text: copy, parts: bad }), ServerError)).code,
    "22P02",
  );
  const thrown = new Error("no more rows");
  const failing = function* (): Generator<Uint8Array> {
    yield Buffer.from("2\tb\n");
    throw thrown;
  };
  assertEquals(await assertRejects(() => copyIn(connection, { text: copy, parts: failing() })), thrown);
  assertEquals(
    (await assertRejects(
      () => copyIn(connection, { text: "COPY nowhere FROM STDIN", parts: [] }),
      ServerError,
    )).code,
    "42P01",
  );
  await assertRejects(() => copyOut(connection, { text: "COPY nowhere TO STDOUT" }).next(), ServerError);
  await assertRejects(
    () => copyIn(connection, { text: "CREATE TABLE others ()", parts: [] }),
    DatabaseError,
    "The statement was no COPY",
  );
  assertEquals((await send(connection, "SELECT * FROM things")).rows, []);
});

Deno.test("copyOut() ends the connection when its rows are not wanted any more", async () => {
  await using database = await useTestDatabase();
  const connection = await connect(database.instance);
  const text = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT";
  for await (const part of copyOut(connection, { text })) {
    assert(part.length > 0);
    break;
  }
  assertEquals(connection.isOpen, false);
});

Deno.test("COPY waits for statements in flight, and refuses others until its end", async () => {
  await using database = await useTestDatabase();
  await using connection = await connect(database.instance);
  await sendScript(connection, "CREATE TABLE things (id int)");
  const running = send(connection, "SELECT 1");
  assertEquals(
    await copyIn(connection, { text: "COPY things FROM STDIN", parts: [Buffer.from("1\n2\n")] }),
    2,
  );
  assertEquals((await running).rowCount, 1);
  const whileCopying = async function* (): AsyncGenerator<Uint8Array> {
    await assertRejects(() => send(connection, "SELECT 1"), Error, "is used by COPY");
    yield Buffer.from("1\n");
  };
  assertEquals(await copyIn(connection, { text: "COPY things FROM STDIN", parts: whileCopying() }), 1);
});
