import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import { withApi, withAuthenticator, withIdempotency } from "@archway/server/server_options.ts";
import { microsecondClock, type Timestamp } from "@archway/db/timestamp.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { keySweeper } from "./key_sweeper.ts";
import { PostgresIdempotency } from "./postgres_idempotency.ts";
import { counterApi, COUNTS, type OnCounted } from "./testing/counter_api.ts";

const HOUR_MS = 3_600_000;

interface ServerOptions {
  readonly onCounted?: OnCounted;
  readonly now?: () => Timestamp;
}

/** A server with its own cache of keys, like a separate process. */
function counterServer(
  pool: ConnectionPool,
  { onCounted, now = microsecondClock() }: ServerOptions = {},
): Server {
  let responses = 0;
  const fresh = (): Promise<Record<string, string>> =>
    Promise.resolve({ Fresh: `${++responses}`, Other: "x" });
  return createServer(
    "127.0.0.1",
    0,
    withApi(counterApi(onCounted)),
    withAuthenticator({ authenticate: (token): Principal => ({ subject: token, scopes: new Set() }) }),
    withIdempotency(new PostgresIdempotency({ pool, ttlMs: HOUR_MS, now, fresh })),
  );
}

interface CountResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface CountOptions {
  readonly key?: string;
  readonly as?: string;
}

async function count(
  server: Server,
  body: unknown,
  { key, as = "ada" }: CountOptions,
): Promise<CountResponse> {
  const response = await server.fetch(
    new Request("http://localhost/counts", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${as}`,
        ...(key !== undefined && { "Idempotency-Key": key }),
      },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function problem({ status, text }: CountResponse): string {
  return `${status} ${JSON.parse(text).type.split("/").at(-1)}`;
}

/** Returns the parts of a response that are identical in every replay. */
function replayable({ status, headers, text }: CountResponse): unknown {
  const own = new Set(["x-request-id", "idempotency-replayed", "fresh"]);
  return [status, [...headers].filter(([name]) => !own.has(name)), text];
}

async function counted(pool: ConnectionPool): Promise<readonly number[]> {
  const { rows } = await pool.writer().query<{ by: number }>("select by from counts order by number");
  return rows.map(({ by }) => by);
}

async function keys(pool: ConnectionPool): Promise<number> {
  return (await pool.writer().query("select from idempotency_keys")).rowCount;
}

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "every process replays the first response byte by byte": async (pool) => {
    await using server = counterServer(pool);
    await using other = counterServer(pool);
    const first = await count(server, { by: 1 }, { key: '"a"' });
    assertEquals([first.status, first.headers.get("idempotency-replayed")], [201, null]);
    for (const process of [server, other, other]) {
      const again = await count(process, { by: 1 }, { key: "a" });
      assertEquals(replayable(again), replayable(first));
      assertEquals(again.headers.get("idempotency-replayed"), "true");
    }
    assertEquals([await counted(pool), await keys(pool)], [[1], 1]);
  },
  "a response and each replay have the fresh header fields of their time that the OpenAPI document declares":
    async (pool) => {
      await using server = counterServer(pool);
      const responses = [
        await count(server, { by: 1 }, { key: "a" }),
        await count(server, { by: 1 }, { key: "a" }),
      ];
      await using other = counterServer(pool);
      for (let time = 0; time < 2; time++) responses.push(await count(other, { by: 1 }, { key: "a" }));
      assertEquals(responses.map(({ headers }) => [headers.get("fresh"), headers.get("other")]), [
        ["1", null],
        ["2", null],
        ["1", null],
        ["2", null],
      ]);
      const ids = new Set(responses.map(({ headers }) => headers.get("x-request-id")));
      assertEquals(ids.size, 4);
    },
  "a refusal is stored, and its work is rolled back": async (pool) => {
    await using server = counterServer(pool);
    for (const by of [0, 1000]) {
      const first = await count(server, { by }, { key: `${by}` });
      const again = await count(server, { by }, { key: `${by}` });
      assertEquals(replayable(again), replayable(first));
      assertEquals([again.headers.get("idempotency-replayed"), again.headers.get("fresh")], ["true", null]);
      assertEquals(problem(first), by === 0 ? "422 nothing-to-count" : "409 nothing-to-count");
    }
    assertEquals([await counted(pool), await keys(pool)], [[], 2]);
  },
  "a failure is not stored": async (pool) => {
    await using server = counterServer(pool);
    for (let time = 0; time < 2; time++) {
      assertEquals(problem(await count(server, { by: 13 }, { key: "a" })), "500 internal-error");
      assertEquals((await count(server, { by: 14 }, { key: "a" })).status, 503);
    }
    assertEquals([await counted(pool), await keys(pool)], [[], 0]);
    assertEquals((await count(server, { by: 1 }, { key: "a" })).status, 201);
  },
  "a key is valid for one request only": async (pool) => {
    await using server = counterServer(pool);
    await using other = counterServer(pool);
    await count(server, { by: 1 }, { key: "a" });
    for (const process of [server, other]) {
      assertEquals(problem(await count(process, { by: 2 }, { key: "a" })), "422 idempotency-key-reused");
    }
    assertEquals((await count(server, { by: 2 }, { key: "b" })).status, 201);
    assertEquals((await count(server, { by: 3 }, { key: "a", as: "bob" })).status, 201);
    assertEquals(await counted(pool), [1, 2, 3]);
  },
  "a validation error does not use up the key": async (pool) => {
    await using server = counterServer(pool);
    for (const body of [{ by: "1" }, {}, { by: 7 }]) {
      assertEquals((await count(server, body, { key: "a" })).status, 422);
    }
    assertEquals((await count(server, { by: 1 }, { key: "a" })).status, 201);
    assertEquals((await count(server, {}, { key: "a" })).status, 422);
    assertEquals(await keys(pool), 1);
  },
  "a missing or malformed key is rejected": async (pool) => {
    await using server = counterServer(pool);
    for (const key of [undefined, "", "a b", '"a', "a".repeat(256), '"a", "b"']) {
      const response = await count(server, { by: 1 }, key === undefined ? {} : { key });
      assertEquals(problem(response), "400 malformed-request", key);
      const { invalidParams } = JSON.parse(response.text);
      assertEquals(invalidParams.map((param: { name: string }) => param.name), ["Idempotency-Key"], key);
    }
    assertEquals([await counted(pool), await keys(pool)], [[], 0]);
  },
  "an expired key is rejected until it is swept": async (pool) => {
    let hour = 10;
    const now = (): Timestamp => `2026-11-25T${hour}:00:00Z`;
    await using server = counterServer(pool, { now });
    await using sweeper = keySweeper({
      writer: () => pool.writer(),
      ttlMs: HOUR_MS,
      now,
      onFailed: (error) => {
        throw error;
      },
    });
    await count(server, { by: 1 }, { key: "a" });
    hour = 11;
    await sweeper.run();
    for (const by of [1, 2]) {
      assertEquals(problem(await count(server, { by }, { key: "a" })), "422 idempotency-key-expired");
    }
    hour = 13;
    await sweeper.run();
    assertEquals(await keys(pool), 0);
    assertEquals((await count(server, { by: 2 }, { key: "a" })).status, 201);
    assertEquals(await counted(pool), [1, 2]);
  },
  "keys survive a clock that is set back": async (pool) => {
    let hour = 10;
    await using server = counterServer(pool, { now: () => `2026-11-25T${hour}:00:00Z` });
    await count(server, { by: 1 }, { key: "a" });
    hour = 0;
    assertEquals((await count(server, { by: 1 }, { key: "a" })).headers.get("idempotency-replayed"), "true");
    assertEquals(await counted(pool), [1]);
  },
  "of concurrent requests with one key exactly one runs": async (pool) => {
    await using server = counterServer(pool);
    await using other = counterServer(pool);
    for (let round = 0; round < 10; round++) {
      const responses = await Promise.all(
        Array.from(
          { length: 8 },
          (_, index) => count([server, other][index % 2] ?? server, { by: 1 }, { key: `${round}` }),
        ),
      );
      const done = responses.filter(({ status }) => status === 201);
      const busy = responses.filter(({ status }) => status !== 201);
      assertEquals(new Set(done.map(({ text }) => text)).size, 1);
      assertEquals(done.filter(({ headers }) => headers.get("idempotency-replayed") === null).length, 1);
      for (const response of busy) {
        assertEquals([problem(response), response.headers.get("retry-after")], [
          "409 idempotency-key-in-use",
          "1",
        ]);
      }
    }
    assertEquals(await counted(pool), Array<number>(10).fill(1));
  },
};

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(`PostgresIdempotency on ${name}`, async (t) => {
    await using database = await open();
    await database.pool.writer().query(COUNTS);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await database.pool.writer().query("delete from counts");
        await database.pool.writer().query("delete from idempotency_keys");
        await run(database.pool);
      });
    }
  });
}

Deno.test("PostgresIdempotency.run() rejects a second request while the first one is in progress", async () => {
  await using database = await DATABASES["PostgreSQL"]?.();
  assert(database !== undefined);
  const { pool } = database;
  await pool.writer().query(COUNTS);
  const [reached, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = counterServer(pool, {
    onCounted: async () => {
      reached.resolve();
      await may.promise;
    },
  });
  await using other = counterServer(pool);
  const first = count(server, { by: 1 }, { key: "a" });
  await reached.promise;
  // Rejected immediately, without waiting for the first request.
  assertEquals(problem(await count(other, { by: 1 }, { key: "a" })), "409 idempotency-key-in-use");
  may.resolve();
  assertEquals((await first).status, 201);
  assertEquals(replayable(await count(other, { by: 1 }, { key: "a" })), replayable(await first));
  assertEquals(await counted(pool), [1]);
});

Deno.test("PostgresIdempotency.run() returns the other request's response if a refusal lost the race", async () => {
  await using database = await DATABASES["PostgreSQL"]?.();
  assert(database !== undefined);
  const { pool } = database;
  await pool.writer().query(COUNTS);
  const ttlMs = HOUR_MS;
  const idempotency = new PostgresIdempotency({ pool, ttlMs, now: microsecondClock() });
  const request = {
    principal: undefined,
    operation: "POST /counts",
    key: "a",
    fingerprint: new Uint8Array(32),
    signal: AbortSignal.timeout(30_000),
  };
  const response = (status: number): { status: number; headers: []; body: undefined } => ({
    status,
    headers: [],
    body: undefined,
  });
  let overtaken = false;
  const result = await idempotency.run(request, async () => {
    // Simulates another request that stores its response between the refusal and its storage.
    if (!overtaken) {
      overtaken = true;
      await pool.writer().query(
        `insert into idempotency_keys select sha256(convert_to($1, 'UTF8')), '', $2, 201, '[]', null, now(), 'infinity'`,
        [JSON.stringify([null, request.operation, request.key]), request.fingerprint],
      );
    }
    return { response: response(422), refused: true };
  });
  assertEquals([result.response.status, result.replayed], [201, true]);
});

Deno.test("createServer() rejects an operation that requires a key if no key store is configured", () => {
  assertThrows(
    () => createServer("127.0.0.1", 0, withApi(counterApi())),
    Error,
    "count requires an Idempotency-Key, but the server has no store for keys",
  );
});
