import { assertEquals, assertInstanceOf, assertMatch, assertRejects, assertThrows } from "@std/assert";
import type { ConnectionPool, Querier, QueryResult } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import {
  AuthenticatorUnavailableError,
  type Credential,
  InvalidTokenError,
} from "@archway/server/authenticator.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { createApiKey } from "./api_key.ts";
import { ApiKeyAuthenticator } from "./api_key_authenticator.ts";
import { findApiKey, type HashedApiKey, insertApiKey, listApiKeys, revokeApiKey } from "./api_key_table.ts";

const START = Date.parse("2026-11-29T12:00:00Z");
const CREATED = "2026-11-29T11:00:00.123456Z";

/** Stores a key and returns its text. */
async function add(pool: ConnectionPool, changes: Partial<HashedApiKey> = {}): Promise<string> {
  const { id, key, secretHash } = createApiKey();
  await insertApiKey(pool.writer(), {
    ...{ id, secretHash, name: "Billing", subject: "ada", isClient: false, createdAt: CREATED },
    ...{ scopes: ["notes:read", "notes:write"], expiresAt: undefined, ...changes },
  });
  return key;
}

interface Harness extends AsyncDisposable {
  /** Current time; tests change it. */
  nowMs: number;
  /** Statements by the first word. */
  readonly statements: string[];
  /** Verifies a key, or any other credential. */
  verify(credential: string | Credential): Promise<Principal>;
}

function harness(pool: ConnectionPool, ttlMs = 10_000): Harness {
  const statements: string[] = [];
  const recorded = (querier: Querier): Querier => ({
    query<Row extends object>(...args: Parameters<Querier["query"]>): Promise<QueryResult<Row>> {
      statements.push(args[0].split(" ")[0] ?? "");
      return querier.query<Row>(...args);
    },
  });
  const authenticator = new ApiKeyAuthenticator({
    pool: {
      writer: () => recorded(pool.writer()),
      reader: () => recorded(pool.reader()),
      position: (options) => pool.position(options),
    },
    ttlMs,
    nowMs: () => opened.nowMs,
    onUnrecorded: (error) => {
      throw error;
    },
  });
  const { signal } = new AbortController();
  const opened: Harness = {
    nowMs: START,
    statements,
    async verify(credential): Promise<Principal> {
      const sent = typeof credential === "string" ? { kind: "apiKey", key: credential } as const : credential;
      return await authenticator.authenticate(sent, { scheme: "key", signal });
    },
    [Symbol.asyncDispose]: () => authenticator[Symbol.asyncDispose](),
  };
  return opened;
}

const ada: Principal = { subject: "ada", scopes: new Set(["notes:read", "notes:write"]) };

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "returns the principal of a key, and reads it once within the TTL": async (pool) => {
    const key = await add(pool);
    await using keys = harness(pool);
    for (let time = 0; time < 3; time++) assertEquals(await keys.verify(key), ada);
    keys.nowMs += 9_999;
    await keys.verify(key);
    assertEquals(keys.statements, ["select", "update"]);
    keys.nowMs += 1;
    await keys.verify(key);
    assertEquals(keys.statements, ["select", "update", "select"]);
  },
  "marks keys without a caller of their own": async (pool) => {
    const key = await add(pool, { subject: "key:1", isClient: true, scopes: [] });
    await using keys = harness(pool);
    assertEquals(await keys.verify(key), { subject: "key:1", scopes: new Set<string>(), isClient: true });
  },
  "accepts keys as passwords, as user names, and after a scheme": async (pool) => {
    const key = await add(pool);
    await using keys = harness(pool);
    const [username, password] = [key.slice(0, 19), key.slice(20)];
    const sent: readonly (string | Credential)[] = [
      { kind: "basic", username, password },
      { kind: "basic", username: key, password: "" },
      ...[`Bot ${key}`, `Token token=${key}`, `Bearer token="${key}"`],
    ];
    for (const credential of sent) assertEquals(await keys.verify(credential), ada);
  },
  "rejects other texts without a query, and unknown keys": async (pool) => {
    const key = await add(pool);
    await using keys = harness(pool);
    const others = ["", "x", `${key}0`, key.toUpperCase(), key.slice(3), `${key}, ${key}`, `a b ${key}`];
    for (const other of others) await assertRejects(() => keys.verify(other), InvalidTokenError);
    const passwords: readonly Credential[] = [
      { kind: "basic", username: "ada", password: key },
      { kind: "basic", username: key, password: "x" },
    ];
    for (const other of passwords) await assertRejects(() => keys.verify(other), InvalidTokenError);
    assertEquals(keys.statements, []);
    await assertRejects(() => keys.verify(createApiKey().key), InvalidTokenError, "Unknown key");
    assertEquals(keys.statements, ["select", "select"]);
  },
  "rejects a wrong secret of a known key, without a query per attempt": async (pool) => {
    const key = await add(pool);
    const forged = `${key.slice(0, 20)}${createApiKey().key.slice(20)}`;
    await using keys = harness(pool);
    for (let time = 0; time < 3; time++) {
      await assertRejects(() => keys.verify(forged), InvalidTokenError, "Wrong secret");
    }
    assertEquals(keys.statements, ["select"]);
    assertEquals(await keys.verify(key), ada);
  },
  "rejects a key from its expiry on, cached or not": async (pool) => {
    const key = await add(pool, { expiresAt: "2026-11-29T12:00:05Z" });
    await using keys = harness(pool);
    await keys.verify(key);
    keys.nowMs += 5000;
    await assertRejects(() => keys.verify(key), InvalidTokenError, "Expired key");
    await using other = harness(pool);
    other.nowMs = keys.nowMs;
    await assertRejects(() => other.verify(key), InvalidTokenError, "Expired key");
  },
  "rejects a revoked key after the TTL at the latest": async (pool) => {
    const key = await add(pool);
    await using keys = harness(pool);
    await using uncached = harness(pool, 0);
    await keys.verify(key);
    await uncached.verify(key);
    await revokeApiKey(pool.writer(), key.slice(3, 19), "2026-11-29T12:00:00Z");
    await assertRejects(() => uncached.verify(key), InvalidTokenError, "Revoked key");
    keys.nowMs += 9999;
    await keys.verify(key);
    keys.nowMs += 1;
    await assertRejects(() => keys.verify(key), InvalidTokenError, "Revoked key");
  },
  "records the last use once a minute over all processes": async (pool) => {
    const key = await add(pool);
    const lastUse = async (): Promise<string | undefined> =>
      (await findApiKey(pool.reader(), key.slice(3, 19)))?.lastUsedAt;
    const use = async (atMs: number): Promise<number> => {
      await using keys = harness(pool, 0);
      keys.nowMs = START + atMs;
      await keys.verify(key);
      await keys.verify(key);
      return keys.statements.filter((word) => word === "update").length;
    };
    assertEquals([await lastUse(), await use(0), await lastUse()], [undefined, 1, "2026-11-29T12:00:00Z"]);
    assertEquals([await use(59_999), await lastUse()], [0, "2026-11-29T12:00:00Z"]);
    assertEquals([await use(60_000), await lastUse()], [1, "2026-11-29T12:01:00Z"]);
  },
  "reports an aborted request as unavailable": async (pool) => {
    const authenticator = new ApiKeyAuthenticator({ pool, ttlMs: 0, onUnrecorded: () => {} });
    const options = { scheme: "key", signal: AbortSignal.abort() };
    const error = await assertRejects(
      async () => await authenticator.authenticate({ kind: "apiKey", key: createApiKey().key }, options),
      AuthenticatorUnavailableError,
    );
    assertInstanceOf(error.cause, DatabaseError);
  },
  "lists keys in order, with their revocation, which stays": async (pool) => {
    const first = (await add(pool, { name: "b" })).slice(3, 19);
    const second = (await add(pool, { name: "a", createdAt: "2026-11-29T11:30:00Z" })).slice(3, 19);
    const revoke = (id: string, minute: number): ReturnType<typeof revokeApiKey> =>
      revokeApiKey(pool.writer(), id, `2026-11-29T12:0${minute}:00Z`);
    assertEquals(await revoke(second, 1), { revokedAt: "2026-11-29T12:01:00Z" });
    assertEquals(await revoke(second, 2), { revokedAt: "2026-11-29T12:01:00Z" });
    assertEquals(await revoke(createApiKey().id, 3), undefined);
    const listed = await listApiKeys(pool.reader());
    assertEquals(listed.map(({ id, name, revokedAt }) => [id, name, revokedAt]), [
      [first, "b", undefined],
      [second, "a", "2026-11-29T12:01:00Z"],
    ]);
    assertEquals(listed[0]?.createdAt, CREATED);
  },
};

for (const [database, open] of Object.entries(DATABASES)) {
  Deno.test(`ApiKeyAuthenticator on ${database}`, async (t) => {
    await using opened = await open();
    for (const [behaviour, run] of Object.entries(CASES)) {
      await t.step(behaviour, async () => {
        await opened.pool.writer().query("delete from api_keys");
        await run(opened.pool);
      });
    }
  });
}

Deno.test("createApiKey() creates keys that differ, of characters that need no escaping", () => {
  const [one, other] = [createApiKey(), createApiKey()];
  assertMatch(one.key, new RegExp(`^ak_${one.id}_[0-9a-f]{64}$`));
  assertThrows(() => assertEquals(one.key.slice(20), other.key.slice(20)));
});
