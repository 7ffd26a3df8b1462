import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { DatabaseError } from "../../errors.ts";
import { connectionLost } from "../connection/statement_errors.ts";
import { copyIn, copyOut } from "./copy_rows.ts";
import { ServerError } from "./server_message.ts";
import { ScriptedServer } from "./testing/scripted_server.ts";
import { send } from "./testing/send.ts";
import { GREETING, ROWS, serverMessage } from "./testing/server_messages.ts";
import type { QueryResult } from "../../db.ts";
import type { Row } from "./row_decoder.ts";
import { WireConnection } from "./wire_connection.ts";
import { WireError } from "./wire_error.ts";

const RESULT: QueryResult<Row> = { rows: [{ id: 1, name: "a" }, { id: null, name: "é" }], rowCount: 2 };

Deno.test("WireConnection reads a response that is split at every byte", async () => {
  const server = new ScriptedServer();
  const notices: unknown[] = [];
  const connection = await server.connect({
    maxStatements: 0,
    onNotice: ({ message }) => notices.push(message),
  });
  for (let cut = 0; cut <= ROWS.length; cut++) {
    const result = send(connection, "SELECT * FROM things");
    server.send(ROWS.subarray(0, cut), ROWS.subarray(cut));
    assertEquals(await result, RESULT);
  }
  const result = send(connection, "SELECT * FROM things");
  server.send(...Array.from(ROWS, (byte) => Buffer.of(byte)));
  assertEquals(await result, RESULT);
  assertEquals(new Set(notices), new Set(["note"]));
  await connection.close();
});

Deno.test("WireConnection ends with an error when a response is cut off at any byte", async () => {
  for (let cut = 0; cut < ROWS.length; cut++) {
    const server = new ScriptedServer();
    const connection = await server.connect();
    const result = send(connection, "SELECT * FROM things");
    server.send(ROWS.subarray(0, cut));
    setTimeout(() => server.close(), 0);
    assertEquals((await assertRejects(() => result, WireError)).code, "CONNECTION_CLOSED");
    assert(!connection.isOpen);
  }
});

/** Sends bytes in response to three statements, of which the last has BEGIN in front, and returns how they ended. */
async function endingsOf(bytes: Buffer): Promise<readonly string[]> {
  const server = new ScriptedServer();
  const closed = Promise.withResolvers<WireError>();
  const connection = await server.connect({ onClosed: closed.resolve });
  const plain = [send(connection, "SELECT 1"), send(connection, "SELECT 2")];
  const led = new Promise((onResult, onError) => {
    const leading = [{ text: "BEGIN", parameters: [] }];
    connection.query("SELECT 3", [], { leading, onResult, onError });
  });
  const settled = Promise.allSettled([...plain, led]);
  server.send(bytes);
  setTimeout(() => server.close(), 0);
  await closed.promise;
  const outcomes = await settled;
  return outcomes.map((outcome) => {
    if (outcome.status === "fulfilled") return "result";
    const { reason } = outcome;
    assert(reason instanceof Error, String(reason));
    return reason instanceof WireError ? reason.code : reason.name;
  });
}

Deno.test("WireConnection settles every statement whatever a server sends", async () => {
  const garbage = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  // A response in which some bytes are others.
  const flips = fc.array(fc.tuple(fc.nat(ROWS.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const damaged = flips.map((changes) => {
    const bytes = Buffer.from(ROWS);
    for (const [index, byte] of changes) bytes[index] = byte;
    return Buffer.concat([bytes, ROWS]);
  });
  // Messages with valid lengths in any order.
  const types = fc.constantFrom(..."RSKZ12TDCEINAnstvGHWdc3?");
  const content = fc.uint8Array({ maxLength: 12 });
  const shuffled = fc.array(fc.tuple(types, content).map(([type, bytes]) => serverMessage(type, bytes)), {
    maxLength: 10,
  }).map((messages) => Buffer.concat(messages));
  const known = new Set([
    "result",
    "CONNECTION_CLOSED",
    "CONNECTION_ENDED",
    "CONNECTION_PROTOCOL_VIOLATION",
    "PostgresError",
    "Error",
    // A COPY that the statement did not ask for.
    "DatabaseError",
  ]);
  await fc.assert(
    fc.asyncProperty(fc.oneof(garbage, damaged, shuffled), async (bytes) => {
      for (const ending of await endingsOf(bytes)) assert(known.has(ending), ending);
    }),
    { numRuns: 300 },
  );
});

/** Description of one column of texts, and a row of it. */
const COLUMN = serverMessage("T", Buffer.concat([Buffer.from("\0\x01a\0"), Buffer.alloc(18)]));
const ROW = wideRow(1, "\0\0\0\x01a");

function wideRow(columns: number, values: string | Buffer): Buffer {
  return serverMessage("D", Buffer.concat([Buffer.of(columns >> 8, columns & 0xff), Buffer.from(values)]));
}

Deno.test("copyIn() and copyOut() end whatever a server sends", async () => {
  // The middle of a COPY in either direction: begin, rows, end, an error, and anything else, in any order.
  const messages = fc.constantFrom(
    serverMessage("G", Buffer.of(0, 0, 1, 0, 0)),
    serverMessage("H", Buffer.of(0, 0, 1, 0, 0)),
    serverMessage("d", "1\ta\n"),
    serverMessage("c"),
    serverMessage("C", "COPY 1\0"),
    serverMessage("E", "SERROR\0VERROR\0C22P02\0Mbad\0\0"),
    serverMessage("E", "SFATAL\0VFATAL\0C57P01\0Mterminated\0\0"),
    serverMessage("Z", "I"),
    ROW,
  );
  const known = new Set(["CONNECTION_CLOSED", "CONNECTION_PROTOCOL_VIOLATION", "22P02", "rows", "internal"]);
  await fc.assert(
    fc.asyncProperty(fc.array(messages, { maxLength: 8 }), fc.boolean(), async (sent, isIn) => {
      const server = new ScriptedServer();
      const connection = await server.connect();
      const parts = [Buffer.from("1\ta\n"), Buffer.alloc(100_000, 0x61)];
      const copied = isIn
        ? copyIn(connection, { text: "COPY things FROM STDIN", parts })
        : Array.fromAsync(copyOut(connection, { text: "COPY things TO STDOUT" }));
      const ending = copied.then(() => "rows", (error: unknown) => {
        const isKnown = error instanceof ServerError || error instanceof WireError ||
          error instanceof DatabaseError;
        assert(isKnown, String(error));
        return error.code ?? "";
      });
      server.send(...sent);
      setTimeout(() => server.close(), 0);
      const code = await ending;
      assert(known.has(code), code);
    }),
    { numRuns: 300 },
  );
});

Deno.test("WireConnection refuses what the protocol does not allow", async () => {
  const refused: Readonly<Record<string, Buffer>> = {
    "ready without a result": serverMessage("Z", "I"),
    "a row without columns": serverMessage("D", Buffer.of(0, 0)),
    "an unknown message": serverMessage("?"),
    "another authentication": serverMessage("R", Buffer.of(0, 0, 0, 0)),
    "an announced message of 512 MiB and a byte": Buffer.of(0x44, 0x20, 0, 0, 1),
    "a result without a description": Buffer.concat([serverMessage("1"), serverMessage("2"), ROW]),
    "a row with more columns than described": Buffer.concat([COLUMN, wideRow(2, "\0\0\0\x01a\0\0\0\x01b")]),
    "a row with fewer columns than described": Buffer.concat([COLUMN, wideRow(0, "")]),
    "a row with 65,535 columns and none of their values": Buffer.concat([COLUMN, wideRow(65_535, "")]),
    "a column that is longer than its row": Buffer.concat([COLUMN, wideRow(1, "\0\0\0\x02a")]),
    "a column with the length -2": Buffer.concat([COLUMN, wideRow(1, Buffer.of(255, 255, 255, 254))]),
    "a row that is longer than its columns": Buffer.concat([COLUMN, wideRow(1, "\0\0\0\x01ab")]),
    "a description of 65,535 columns without any": serverMessage("T", Buffer.of(255, 255)),
    "rows of a COPY that were not asked for": serverMessage("d", "1\n"),
    "an announced message of 1 GiB": Buffer.of(0x44, 0x40, 0, 0, 0),
    "HTTP": Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
  };
  for (const [what, bytes] of Object.entries(refused)) {
    const violation = "CONNECTION_PROTOCOL_VIOLATION";
    assertEquals(await endingsOf(bytes), [violation, violation, violation], what);
  }
  const tooMany = new ScriptedServer();
  const connection = await tooMany.connect();
  tooMany.send(serverMessage("Z", "I"));
  const { code } = await assertRejects(() => send(connection, "SELECT 1"), WireError);
  assertEquals(code, "CONNECTION_PROTOCOL_VIOLATION");
});

Deno.test("WireConnection reports a value that cannot be decoded, and takes further statements", async () => {
  const server = new ScriptedServer();
  const connection = await server.connect({ maxStatements: 0 });
  const type = Buffer.alloc(18);
  type.writeUInt32BE(114, 6); // json
  const bad = Buffer.concat([
    serverMessage("1"),
    serverMessage("2"),
    serverMessage("T", Buffer.concat([Buffer.from("\0\x01a\0"), type])),
    serverMessage("D", "\0\x01\0\0\0\x01{"),
    serverMessage("C", "SELECT 1\0"),
    serverMessage("Z", "I"),
  ]);
  const results = Promise.allSettled([send(connection, "SELECT 1"), send(connection, "SELECT 2")]);
  server.send(bad, ROWS);
  const [first, second] = await results;
  assertEquals(
    first.status === "rejected" && String(first.reason),
    "Error: A value of a row could not be decoded",
  );
  assertEquals(second.status === "fulfilled" && second.value, RESULT);
  await connection.close();
});

Deno.test("WireConnection gives the last error of the server as the reason of its end", async () => {
  const fatal = serverMessage("E", "SFATAL\0VFATAL\0C57P01\0Mterminated\0\0");
  const busy = new ScriptedServer();
  const connection = await busy.connect();
  const results = Promise.allSettled([send(connection, "SELECT 1"), send(connection, "SELECT 2")]);
  busy.send(fatal);
  setTimeout(() => busy.close(), 0);
  const [first, second] = await results;
  for (const { status, ...outcome } of [first, second]) {
    assert(status === "rejected" && "reason" in outcome && outcome.reason instanceof WireError);
    const { code, cause } = outcome.reason;
    assertEquals([code, cause instanceof ServerError && cause.code], ["CONNECTION_CLOSED", "57P01"]);
  }
  const idle = new ScriptedServer();
  const closed = Promise.withResolvers<WireError>();
  await idle.connect({ onClosed: closed.resolve });
  idle.send(fatal);
  // It is lost before the server closes it.
  assertEquals((await closed.promise).message, "The connection was lost: terminated");
  const { code, cause } = connectionLost(await closed.promise);
  assertEquals([code, cause instanceof Error && cause.message], ["unavailable", "terminated (57P01)"]);
  assert(idle.socket.destroyed);
});

Deno.test("WireConnection takes any number of notices, notifications and settings at any time", async () => {
  const count = 20_000;
  const flood = Buffer.concat(Array.from({ length: count }, () =>
    Buffer.concat([
      serverMessage("N", "SNOTICE\0VNOTICE\0C00000\0Mnote\0\0"),
      serverMessage("S", "TimeZone\0UTC\0"),
      serverMessage("A", Buffer.concat([Buffer.alloc(4), Buffer.from("news\0\0")])),
    ])));
  const server = new ScriptedServer();
  const seen = { notices: 0, notifications: 0 };
  const opening = WireConnection.open(server.socket, {
    ...{ host: "scripted", user: "ada", password: "secret", database: "things" },
    onNotice: () => seen.notices++,
    onNotification: () => seen.notifications++,
  });
  server.send(flood, GREETING);
  const connection = await opening;
  const result = send(connection, "SELECT 1");
  server.send(flood, ROWS);
  assertEquals(await result, RESULT);
  // One of the notices is in the response.
  assertEquals(seen, { notices: 2 * count + 1, notifications: 2 * count });
  await connection.close();
});

Deno.test("WireConnection reads a response that arrives slowly, in any number of turns", async () => {
  const server = new ScriptedServer();
  const connection = await server.connect();
  const result = send(connection, "SELECT 1");
  for (const byte of ROWS) {
    server.send(Buffer.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await result, RESULT);
  await connection.close();
});

/** Request for a password in cleartext. */
const CLEARTEXT = serverMessage("R", Buffer.of(0, 0, 0, 3));

Deno.test("WireConnection.open() rejects whatever is sent instead of a greeting", async () => {
  const options = { host: "scripted", user: "ada", password: "secret", database: "things" };
  const error = serverMessage("E", "SFATAL\0VFATAL\0C3D000\0Mno such database\0\0");
  const sasl = (text: string): Buffer =>
    serverMessage("R", Buffer.concat([Buffer.of(0, 0, 0, 10), Buffer.from(text)]));
  const sent: Readonly<Record<string, Buffer>> = {
    "no such database": error,
    "not supported (7)": serverMessage("R", Buffer.of(0, 0, 0, 7)),
    "The server offers only OAUTHBEARER, and not SCRAM-SHA-256": sasl("OAUTHBEARER\0\0"),
    "did not prove": Buffer.concat([sasl("SCRAM-SHA-256\0\0"), serverMessage("R", Buffer.of(0, 0, 0, 0))]),
    "authentication was asked for twice": Buffer.concat([CLEARTEXT, CLEARTEXT]),
    "asked for twice": Buffer.concat([sasl("SCRAM-SHA-256\0\0"), sasl("SCRAM-SHA-256\0\0")]),
    "a message is shorter than its parts": serverMessage("R", Buffer.of(0, 0, 0, 5, 1)),
    "a text in a message does not end": sasl("SCRAM-SHA-256"),
    'a message of type "D" was not expected': ROW,
    "SASL was not started": serverMessage("R", Buffer.of(0, 0, 0, 11)),
    'a message of type "Z" was not expected': serverMessage("Z", "I"),
    "The server closed the connection": Buffer.of(0x52),
  };
  for (const [message, bytes] of Object.entries(sent)) {
    const server = new ScriptedServer();
    const opening = WireConnection.open(server.socket, options);
    server.send(bytes);
    setTimeout(() => server.close(), 0);
    await assertRejects(() => opening, Error, message);
    assert(server.socket.destroyed);
  }
});

Deno.test("WireConnection sends what it is asked to in one write", async () => {
  const server = new ScriptedServer();
  const connection = await server.connect();
  const { received } = server;
  const results = [send(connection, "SELECT 1"), send(connection, "SELECT 1"), send(connection, "SELECT 2")];
  assertEquals(server.received, received);
  const settled = Promise.allSettled(results);
  await connection.close();
  assert(server.received > received);
  assertEquals((await settled).map(({ status }) => status), ["rejected", "rejected", "rejected"]);
});
