import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { RateLimitUse } from "../rate_limit.ts";
import { tlsFiles } from "../testing/tls_files.ts";
import { Redis } from "ioredis";
import { startValkey, type Valkey } from "@archway/tools/support/valkey/start_valkey.ts";
import { testWithValkey } from "@archway/tools/support/valkey/test_with_valkey.ts";
import { MemoryLimiter } from "./memory_limiter.ts";
import { StoreLimiter, type StoreLimiterOptions } from "./store_limiter.ts";

const POLICY = { name: "default", quota: 3, windowSeconds: 600 };

/** Limiter with its store events. */
interface LimiterHarness {
  readonly limiter: StoreLimiter;
  /** Reported reasons. */
  readonly reasons: readonly string[];
  readonly lost: Promise<string>;
  readonly regained: Promise<void>;
  /** Number of times that the store was regained. */
  readonly regains: number;
}

/** @param timeoutMs Long enough for a busy machine by default. */
async function open(
  url: string,
  timeoutMs = 10_000,
  options: Pick<StoreLimiterOptions, "tls" | "onBadKey"> = {},
): Promise<LimiterHarness & Disposable> {
  const lost = Promise.withResolvers<string>();
  const reasons: string[] = [];
  const regained = Promise.withResolvers<void>();
  let regains = 0;
  const limiter = new StoreLimiter(url, {
    insurance: new MemoryLimiter(),
    ...options,
    onLost: (reason): void => {
      reasons.push(reason);
      lost.resolve(reason);
    },
    onRegained: (): void => {
      regains++;
      regained.resolve();
    },
    timeoutMs,
    retryMs: 20,
  });
  await limiter.connect();
  return {
    limiter,
    reasons,
    lost: lost.promise,
    regained: regained.promise,
    get regains(): number {
      return regains;
    },
    [Symbol.dispose]: () => limiter[Symbol.dispose](),
  };
}

function leftOf({ exceeded, remaining }: RateLimitUse): number | "exceeded" {
  return exceeded ? "exceeded" : remaining;
}

testWithValkey("StoreLimiter.consume() counts across instances", async () => {
  await using valkey = await startValkey({ password: "s3cret/with:signs" });
  using one = await open(valkey.url);
  using other = await open(valkey.url);
  const uses = [];
  for (const { limiter } of [one, other, one, other, one]) uses.push(await limiter.consume("ann", POLICY));
  assertEquals(uses.map(leftOf), [2, 1, 0, "exceeded", "exceeded"]);
  assert(uses.every(({ resetMs }) => resetMs > 0 && resetMs <= 600_000));
  assertEquals(leftOf(await other.limiter.consume("bob", POLICY)), 2);
  assertEquals(leftOf(await other.limiter.consume("ann", { ...POLICY, name: "createNote" })), 2);
});

testWithValkey(
  "StoreLimiter.consume() falls back to counting per instance, and counts across instances after recovery",
  async () => {
    await using valkey = await startValkey();
    using one = await open(valkey.url);
    using other = await open(valkey.url);
    await one.limiter.consume("ann", POLICY);
    await valkey.kill();
    for (const { limiter, lost } of [one, other]) {
      const uses = [];
      for (let i = 0; i < 4; i++) uses.push(await limiter.consume("ann", POLICY));
      assertEquals(uses.map(leftOf), [2, 1, 0, "exceeded"]);
      assert(limiter.lost);
      assertFalse((await lost).includes("redis://"));
    }
    assert(await valkey.start());
    await Promise.all([one.regained, other.regained]);
    assertFalse(one.limiter.lost);
    assertEquals(leftOf(await one.limiter.consume("ann", POLICY)), 2);
    assertEquals(leftOf(await other.limiter.consume("ann", POLICY)), 1);
  },
);

testWithValkey("StoreLimiter.consume() caches a bounded number of callers beyond their quota", async () => {
  await using valkey = await startValkey();
  using harness = await open(valkey.url);
  const redis = new Redis(valkey.url);
  using cleanup = new DisposableStack();
  cleanup.defer(() => redis.disconnect());
  const policy = { ...POLICY, quota: 1 };
  const consume = async (caller: number): Promise<boolean> =>
    (await harness.limiter.consume(`caller ${caller}`, policy)).exceeded;
  const counted = (): Promise<string | null> => redis.get("archway:limit:default:caller 0");
  assertFalse(await consume(0));
  assert(await consume(0));
  assertEquals(await counted(), "1");
  for (let caller = 1; caller < 5_000; caller += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, index) => consume(caller + index)));
  }
  // The cache was emptied, so that the store is asked again.
  assert(await consume(0));
  assertEquals(await counted(), "2");
});

testWithValkey("StoreLimiter.consume() waits once for a store that hangs", async () => {
  await using valkey = await startValkey();
  using harness = await open(valkey.url, 1000);
  await harness.limiter.consume("ann", POLICY);
  await valkey.pause();
  // Concurrent requests wait at the same time; later ones do not use the store.
  const uses = await Promise.all(["ann", "bob", "carl"].map((name) => harness.limiter.consume(name, POLICY)));
  assertEquals(uses.map(leftOf), [2, 2, 2]);
  assert(harness.limiter.lost);
  await harness.limiter.consume("dora", POLICY);
  await valkey.resume();
  await harness.regained;
  // A command sent to the store would have been counted after it resumed.
  assertEquals(leftOf(await harness.limiter.consume("dora", POLICY)), 2);
});

testWithValkey("StoreLimiter.connect() resolves without a store, and recovers when it starts", async () => {
  await using valkey = await startValkey();
  await valkey.kill();
  using harness = await open(valkey.url);
  assert(harness.limiter.lost);
  assertEquals(leftOf(await harness.limiter.consume("ann", POLICY)), 2);
  assert(await valkey.start());
  await harness.regained;
  assertFalse(harness.limiter.lost);
});

testWithValkey("StoreLimiter.consume() treats a store that rejects commands as unavailable", async () => {
  await using valkey: Valkey = await startValkey({ password: "right" });
  using harness = await open(valkey.url.replace("right", "wrong"));
  assert(harness.limiter.lost);
  assertMatch(await harness.lost, /^WRONGPASS /);
  assertFalse(/wrong|right/.test(await harness.lost));
  assertEquals(leftOf(await harness.limiter.consume("ann", POLICY)), 2);
});

testWithValkey("StoreLimiter.consume() never counts in another database than its own", async () => {
  await using valkey = await startValkey();
  using harness = await open(`${valkey.url}/99`);
  assertEquals(await harness.lost, "ERR DB index is out of range");
  assertEquals(leftOf(await harness.limiter.consume("ann", POLICY)), 2);
  using good = await open(`${valkey.url}/15`);
  assertEquals(leftOf(await good.limiter.consume("ann", POLICY)), 2);
  assertFalse(good.limiter.lost);
  await using inspector = inspect(valkey.url);
  assertEquals(await inspector.redis.keys("*"), []);
});

testWithValkey(
  "StoreLimiter.consume() counts a key of another type in memory, and keeps the store",
  async () => {
    await using valkey = await startValkey();
    const bad: string[] = [];
    using harness = await open(valkey.url, undefined, { onBadKey: (reason) => bad.push(reason) });
    await using inspector = inspect(valkey.url);
    await inspector.redis.lpush("archway:limit:default:ann", "planted");
    await inspector.redis.set("archway:limit:default:bob", "planted");
    for (const name of ["ann", "bob"]) {
      const uses = [];
      for (let i = 0; i < 4; i++) uses.push(await harness.limiter.consume(name, POLICY));
      assertEquals(uses.map(leftOf), [2, 1, 0, "exceeded"]);
    }
    assertEquals(bad, ["WRONGTYPE Operation against a key holding the wrong kind of value"]);
    assertEquals([harness.limiter.lost, harness.reasons], [false, []]);
  },
);

testWithValkey("StoreLimiter reports why the store is unavailable, and another reason once", async () => {
  await using valkey = await startValkey();
  using harness = await open(valkey.url);
  await harness.limiter.consume("ann", POLICY);
  await valkey.kill();
  await harness.limiter.consume("ann", POLICY);
  const refused = `connect ECONNREFUSED ${new URL(valkey.url).host}`;
  while (!harness.reasons.includes(refused)) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(new Set(harness.reasons).size, harness.reasons.length);
  using unknown = await open("redis://valkey.invalid");
  assertMatch(await unknown.lost, /^getaddrinfo \w+ valkey\.invalid$/);
});

testWithValkey("StoreLimiter does not use a store that responds close to the timeout", async () => {
  await using valkey = await startValkey();
  await using proxy = new DelayingProxy(Number(new URL(valkey.url).port));
  using harness = await open(proxy.url, 600);
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  // On a busy machine it may be lost before, and is regained by itself.
  await until(() => !harness.limiter.lost);
  proxy.delayMs = 1000;
  await harness.limiter.consume("ann", POLICY);
  assert(harness.limiter.lost);
  const { regains } = harness;
  proxy.delayMs = 400;
  await until(() => harness.reasons.includes("responses are close to the timeout"));
  assertEquals([harness.regains, harness.limiter.lost], [regains, true]);
  proxy.delayMs = 0;
  await until(() => !harness.limiter.lost);
});

testWithValkey("StoreLimiter verifies the store's certificate, and has one of its own", async () => {
  const [server, client] = [tlsFiles("first"), tlsFiles("second", "second")];
  await using valkey = await startValkey({ tls: server, clientCa: client.certificate });
  const [ca, cert, key] = [server.certificate, client.certificate, client.key].map((path) =>
    Deno.readTextFileSync(path)
  );
  assert(ca !== undefined && cert !== undefined && key !== undefined);
  using good = await open(valkey.url, undefined, { tls: { ca, client: { cert, key } } });
  await good.limiter.consume("ann", POLICY);
  assertEquals([good.limiter.lost, good.reasons], [false, []]);
  using strange = await open(valkey.url, undefined, { tls: { client: { cert, key } } });
  assertMatch(await strange.lost, /certificate|UnknownIssuer/i);
  using bare = await open(valkey.url, 1000, { tls: { ca } });
  await bare.limiter.consume("ann", POLICY);
  assert(bare.limiter.lost);
});

/** Opens a client of the test. */
function inspect(url: string): { readonly redis: Redis } & AsyncDisposable {
  const redis = new Redis(url);
  return {
    redis,
    async [Symbol.asyncDispose](): Promise<void> {
      await redis.quit();
    },
  };
}

/** Proxy of a port that delays responses. */
class DelayingProxy implements AsyncDisposable {
  delayMs = 0;
  readonly url: string;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;

  constructor(port: number) {
    this.url = `redis://127.0.0.1:${this.#listener.addr.port}`;
    this.#serving = this.#serve(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#serving;
  }

  async #serve(port: number): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const connection of [client, server]) this.#connections.add(connection);
      passing.push(this.#pass(client, server, () => 0), this.#pass(server, client, () => this.delayMs));
    }
    await Promise.all(passing);
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, delayMs: () => number): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      while (true) {
        const read = await from.read(buffer);
        if (read === null) break;
        const ms = delayMs();
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        await to.write(buffer.slice(0, read));
      }
    } catch {
      // Either side has closed.
    }
    for (const connection of [from, to]) {
      if (this.#connections.delete(connection)) close(connection);
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // The other side has closed it.
  }
}
