import { assert, assertEquals, assertMatch } from "@std/assert";
import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import type { TestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openPool } from "../postgres/open_pool.ts";
import { queryMessage, syncMessage } from "./frontend_messages.ts";
import { SocketServer } from "./socket_server.ts";

Deno.test("SocketServer shares one session among many clients", async (test) => {
  await using database = await useEmbeddedDatabase();
  const primary = { ...database.instance, maxConnections: 8 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  const writer = pool.writer();
  await writer.query("CREATE TABLE shared (id int)");
  const count = async (): Promise<unknown> => (await writer.query("SELECT FROM shared")).rowCount;

  await test.step("rolls back the open transaction of a closed connection", async () => {
    const client = await Client.connect(database);
    await client.request(queryMessage("BEGIN"));
    await client.request(queryMessage("INSERT INTO shared VALUES (1)"));
    client.close();
    assertEquals(await count(), 0);
  });

  await test.step("resets the session after a closed connection", async () => {
    const state = async (): Promise<string> =>
      JSON.stringify(
        (await writer.query(
          `SELECT current_user::text AS role, current_setting('search_path') AS path,
          (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks`,
        )).rows,
      );
    const before = await state();
    await writer.query("CREATE ROLE lesser");
    const client = await Client.connect(database);
    await client.request(
      queryMessage("SET search_path = nowhere; SELECT pg_advisory_lock(1); SET ROLE lesser"),
    );
    client.close();
    let after = await state();
    // Until the server has noticed the end of the connection.
    for (let count = 0; count < 500 && after !== before; count++) after = await state();
    assertEquals(after, before);
  });

  await test.step("ends the unfinished message series of a closed connection", async () => {
    const client = await Client.connect(database);
    client.send(parseMessage("", "SELECT nonsense"));
    await client.until("E");
    client.close();
    assertEquals(await count(), 0);
  });

  await test.step("serves other clients after the transaction of one", async () => {
    const client = await Client.connect(database);
    await client.request(queryMessage("BEGIN"));
    await client.request(queryMessage("INSERT INTO shared VALUES (1)"));
    const counted = count();
    await client.request(queryMessage("INSERT INTO shared VALUES (2)"));
    await client.request(queryMessage("COMMIT"));
    assertEquals(await counted, 2);
    client.close();
  });

  await test.step("isolates an error of one client from the others", async () => {
    const failing = await Client.connect(database);
    failing.send(parseMessage("", "SELECT nonsense"));
    await failing.until("E");
    const counted = count();
    assertMatch(await failing.request(syncMessage), /Z/);
    assertEquals(await counted, 2);
    failing.close();
  });

  await test.step("refuses COPY from a client, and keeps the transaction of another", async () => {
    const [copying, other] = [await Client.connect(database), await Client.connect(database)];
    for (const text of ["COPY shared FROM STDIN", "COPY shared FROM STDIN; SELECT 7"]) {
      assertMatch(
        await copying.request(queryMessage(text)),
        /C57014\0MCOPY from stdin failed: COPY FROM STDIN/,
      );
      copying.send(message("d", "1\n"), message("c", ""));
      assertMatch(await copying.request(queryMessage("SELECT 8 AS eight")), /eight/);
    }
    const series = [parseMessage("", "COPY shared FROM STDIN"), bindMessage(""), executeMessage, syncMessage];
    copying.send(...series);
    assertMatch(await copying.until("COPY FROM STDIN"), /^1/);
    await copying.request(syncMessage);
    await other.request(queryMessage("BEGIN"));
    await other.request(queryMessage("INSERT INTO shared VALUES (3)"));
    const reached = copying.request(queryMessage("COPY shared FROM STDIN"));
    await other.request(queryMessage("ROLLBACK"));
    assertMatch(await reached, /COPY FROM STDIN/);
    assertEquals(await count(), 2);
    for (const client of [copying, other]) client.close();
  });

  await test.step("disconnects a client that sends an invalid message, and keeps the others", async () => {
    const [invalid, other] = [await Client.connect(database), await Client.connect(database)];
    await other.request(queryMessage("CREATE TEMP TABLE mine (id int)"));
    invalid.send(Uint8Array.of(0x51, 0, 0, 0, 0));
    assertEquals(await invalid.rest(), "");
    assertMatch(await other.request(queryMessage("SELECT FROM mine")), /SELECT 0/);
    for (const client of [invalid, other]) client.close();
  });

  await test.step("allows clients to prepare statements of the same name", async () => {
    const clients = [await Client.connect(database), await Client.connect(database)];
    for (const [index, client] of clients.entries()) {
      assertMatch(await client.request(parseMessage("s", `SELECT 'client ${index}'`), syncMessage), /^1/);
    }
    for (const [index, client] of clients.entries()) {
      const response = await client.request(bindMessage("s"), executeMessage, syncMessage);
      assert(response.includes(`client ${index}`), response);
    }
    for (const client of clients) client.close();
    const again = await Client.connect(database);
    assertMatch(await again.request(parseMessage("s", "SELECT 3"), syncMessage), /^1/);
    again.close();
    // The clients' prepared statements were closed with them; the pool's own remain.
    const { rows } = await writer.query<{ name: string }>("SELECT name FROM pg_prepared_statements");
    assertEquals(rows.filter(({ name }) => name.endsWith("/s")), []);
  });

  await test.step("five connections prepare and execute concurrently", async () => {
    const values = await Promise.all(Array.from({ length: 200 }, async (_, index) => {
      const { rows } = await writer.query<{ value: number }>(
        `SELECT $1::int + ${index % 10} AS value`,
        [index],
      );
      return rows[0]?.value;
    }));
    assertEquals(values, values.map((_, index) => index + index % 10));
  });

  await test.step("responds to requests for encryption and cancellation", async () => {
    const connection = await connect(database);
    await connection.write(Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47));
    const response = new Uint8Array(8);
    assertEquals(await connection.read(response), 1);
    assertEquals(response[0], "N".charCodeAt(0));
    connection.close();

    const cancelling = await connect(database);
    await cancelling.write(Uint8Array.of(0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 1));
    assertEquals(await cancelling.read(response), null);
    cancelling.close();
    assertEquals(await count(), 2);
  });

  await test.step("serves a large number of connections", async () => {
    const clients = await Promise.all(Array.from({ length: 60 }, () => Client.connect(database)));
    const responses = await Promise.all(clients.map((client) => client.request(queryMessage("SELECT 7"))));
    assert(responses.every((response) => response.includes("7")));
    for (const client of clients) client.close();
  });
});

Deno.test("SocketServer disconnects the client whose request failed, and serves the others", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/socket`;
  const greeting = Uint8Array.of("Z".charCodeAt(0), 0, 0, 0, 5, "I".charCodeAt(0));
  const execute = (messages: Uint8Array): Promise<Uint8Array> =>
    new TextDecoder().decode(messages).includes("fail")
      ? Promise.reject(new Error("The engine failed"))
      : Promise.resolve(greeting);
  await using _server = new SocketServer(path, { execute, greeting });
  const failing = await Client.open(await Deno.connect({ transport: "unix", path }));
  failing.send(queryMessage("fail"));
  const other = await Client.open(await Deno.connect({ transport: "unix", path }));
  assertMatch(await other.request(queryMessage("work")), /^Z/);
  assertEquals(await failing.rest(), "");
  failing.close();
  other.close();
});

Deno.test("SocketServer disconnects a client that idles in a transaction while others wait", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/socket`;
  const readyFor = (status: string): Uint8Array => message("Z", status);
  const executed: string[] = [];
  const execute = (messages: Uint8Array): Promise<Uint8Array> => {
    const text = new TextDecoder().decode(messages);
    executed.push(...text.match(/begin|ROLLBACK|work/) ?? []);
    return Promise.resolve(readyFor(text.includes("begin") ? "T" : "I"));
  };
  await using _server = new SocketServer(path, { execute, greeting: readyFor("I"), maxIdleMs: 20 });
  const idle = await Client.open(await Deno.connect({ transport: "unix", path }));
  await idle.request(queryMessage("begin"));
  // Alone, it may idle.
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals(executed, ["begin"]);
  const other = await Client.open(await Deno.connect({ transport: "unix", path }));
  assertMatch(await other.request(queryMessage("work")), /^Z/);
  const text = "It was idle in a transaction for 0.02 s while others waited";
  assertMatch(await idle.rest(), new RegExp(`SFATAL\0VFATAL\0C25P03\0M${text}\0\0$`));
  assertEquals(executed, ["begin", "ROLLBACK", "work"]);
  idle.close();
  other.close();
});

/** Client that speaks the protocol byte by byte. */
class Client {
  #received = "";

  private constructor(readonly connection: Deno.UnixConn) {}

  static async connect(database: TestDatabase): Promise<Client> {
    return await Client.open(await connect(database));
  }

  static async open(connection: Deno.UnixConn): Promise<Client> {
    const client = new Client(connection);
    await client.request(Uint8Array.of(0, 0, 0, 8, 0, 3, 0, 0));
    return client;
  }

  send(...messages: Uint8Array[]): void {
    this.connection.write(Uint8Array.from(messages.flatMap((message) => [...message])));
  }

  /** Sends messages and returns the response up to and including ReadyForQuery. */
  async request(...messages: Uint8Array[]): Promise<string> {
    this.send(...messages);
    return await this.until("Z\0\0\0\x05");
  }

  async until(mark: string): Promise<string> {
    while (!this.#received.includes(mark) && await this.#read());
    const received = this.#received;
    this.#received = "";
    return received;
  }

  async rest(): Promise<string> {
    while (await this.#read());
    return this.#received;
  }

  close(): void {
    this.connection.close();
  }

  async #read(): Promise<boolean> {
    const chunk = new Uint8Array(4096);
    const size = await this.connection.read(chunk);
    this.#received += String.fromCharCode(...chunk.subarray(0, size ?? 0));
    return size !== null;
  }
}

const executeMessage = message("E", "\0\0\0\0\0");

function parseMessage(name: string, text: string): Uint8Array {
  return message("P", `${name}\0${text}\0\0\0`);
}

function bindMessage(name: string): Uint8Array {
  return message("B", `\0${name}\0\0\0\0\0\0\0`);
}

function message(kind: string, body: string): Uint8Array {
  return Uint8Array.from(
    [...`${kind}\0\0\0${String.fromCharCode(body.length + 4)}${body}`],
    (c) => c.charCodeAt(0),
  );
}

async function connect({ instance }: TestDatabase): Promise<Deno.UnixConn> {
  return await Deno.connect({ transport: "unix", path: `${instance.host}/.s.PGSQL.${instance.port}` });
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
