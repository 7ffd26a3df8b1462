import { assert, assertEquals, assertRejects } from "@std/assert";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { DatabaseError } from "../../errors.ts";
import { DRIVERS, type InstanceConfig } from "../pool_config.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { openConnection } from "./open_connection.ts";

/** Timeout that no test waits for, in milliseconds. */
const LONG_MS = 600_000;

const direct = { negotiation: "direct" } as const;

/** Connections of which an attempt is late soon, and hangs for long. */
class Opened {
  readonly connections: Connections;
  /** Signals of all attempts so far. */
  readonly signals: AbortSignal[] = [];
  /** Greatest number of connections and attempts at a time. */
  most = 0;
  #attempts = 0;

  /**
   * @param before Called before each attempt, with its number.
   * @param isAborted Whether an attempt ends by its signal, or succeeds because it was about to.
   */
  constructor(
    instance: InstanceConfig,
    { max, before, isAborted = true }: {
      readonly max: number;
      readonly before?: (attempt: number) => Promise<void>;
      readonly isAborted?: boolean;
    },
  ) {
    const open = async (signal: AbortSignal): Promise<Connection> => {
      this.most = Math.max(this.most, ++this.#attempts + this.connections.all.length);
      try {
        await before?.(this.signals.push(signal));
        const config = { connectTimeoutMs: LONG_MS };
        return await openConnection(instance, { config, readOnly: false, ...(isAborted && { signal }) });
      } finally {
        this.#attempts--;
      }
    };
    this.connections = new Connections({
      open,
      max,
      min: 0,
      maxWaiting: 10,
      acquireTimeoutMs: LONG_MS,
      queueTimeoutMs: LONG_MS,
      idleTimeoutMs: 0,
      silentMs: 50,
    });
  }

  /** Runs a statement, and returns the number of its rows. */
  async run(text = "SELECT 1"): Promise<number> {
    return (await this.connections.run((connection) => connection.query(text))).rowCount;
  }
}

/** Begins to open a connection, which must not succeed. */
function open(instance: InstanceConfig): {
  readonly controller: AbortController;
  readonly rejected: Promise<DatabaseError>;
} {
  const controller = new AbortController();
  const options = { config: { connectTimeoutMs: LONG_MS }, readOnly: false, signal: controller.signal };
  return { controller, rejected: assertRejects(() => openConnection(instance, options), DatabaseError) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("Connections replaces attempts that hang, never with more than the maximum of connections", async () => {
  await using database = await useTestDatabase();
  await using proxy = new SilentProxy(database.instance);
  proxy.silence();
  const opened = new Opened(proxy.instance, { max: 3 });
  const waiting = opened.run();
  await until(() => proxy.accepted >= 6);
  proxy.moveTo(database.instance);
  assertEquals(await waiting, 1);
  // Those that were overtaken leave their places to others.
  await until(() => proxy.hanging === 0);
  const acquired = await Promise.all(Array.from({ length: 3 }, () => opened.connections.acquire()));
  assertEquals([opened.most, opened.connections.status.open], [3, 3]);
  for (const connection of acquired) opened.connections.release(connection);
  await opened.connections.end({ timeout: LONG_MS });
});

Deno.test("Connections leaves a slow server its time, also beside attempts that hang", async () => {
  await using database = await useTestDatabase();
  for (const max of [1, 2]) {
    const slow = Promise.withResolvers<void>();
    const hanging = Promise.withResolvers<void>();
    const opened = new Opened(database.instance, {
      max,
      before: (attempt) => attempt === 1 ? slow.promise : hanging.promise,
    });
    const waiting = opened.run();
    if (max === 1) await new Promise((resolve) => setTimeout(resolve, 300));
    else await until(() => opened.signals.some(({ aborted }) => aborted));
    assertEquals(opened.signals[0]?.aborted, false);
    slow.resolve();
    assertEquals(await waiting, 1);
    if (max === 1) assertEquals(opened.signals.length, 1);
    hanging.resolve();
    await opened.connections.end({ timeout: LONG_MS });
    assert(opened.most <= max);
  }
});

Deno.test("Connections ends no attempt of a slow server because of one that began with it", async () => {
  await using database = await useTestDatabase();
  const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const opened = new Opened(database.instance, {
    max: 3,
    before: async (attempt) => await gates[Math.min(attempt, 3) - 1]?.promise,
  });
  const waiting = [opened.run(), opened.run()];
  // The third has begun beside the others, and hangs, too.
  await until(() => opened.signals[2]?.aborted === true);
  gates[1]?.resolve();
  assertEquals(await Promise.all(waiting), [1, 1]);
  gates[0]?.resolve();
  await until(() => opened.connections.status.open === 2);
  assertEquals(opened.signals.slice(0, 2).map(({ aborted }) => aborted), [false, false]);
  gates[2]?.resolve();
  await opened.connections.end({ timeout: LONG_MS });
});

Deno.test("Connections.end() ends attempts that hang, and their sockets", async () => {
  await using database = await useTestDatabase();
  await using proxy = new SilentProxy(database.instance);
  proxy.silence();
  const opened = new Opened(proxy.instance, { max: 2 });
  const waiting = [opened.run(), opened.run()].map((run) => assertRejects(() => run, DatabaseError));
  await until(() => proxy.hanging === 2);
  await opened.connections.end({ timeout: LONG_MS });
  assertEquals((await Promise.all(waiting)).map(({ code }) => code), ["unavailable", "unavailable"]);
  await until(() => proxy.hanging === 0);
});

Deno.test("Connections.end() waits for running work beyond the end of an attempt", async () => {
  await using database = await useTestDatabase();
  const late = Promise.withResolvers<void>();
  const before = (attempt: number): Promise<void> => attempt === 1 ? Promise.resolve() : late.promise;
  const opened = new Opened(database.instance, { max: 2, before, isAborted: false });
  await opened.run();
  const running = opened.run("SELECT pg_sleep(0.5)");
  const waiting = assertRejects(() => opened.run("SELECT pg_sleep(0)"), DatabaseError);
  await until(() => opened.signals.length === 2);
  const ended = opened.connections.end({ timeout: LONG_MS });
  late.resolve();
  assertEquals([(await waiting).code, await running], ["unavailable", 1]);
  await ended;
});

for (const driver of DRIVERS) {
  for (
    const [phase, tls] of [["in plain text"], ["by a request for TLS", {}], ["under TLS", direct]] as const
  ) {
    Deno.test(`openConnection() ends a start ${phase} with ${driver} when the signal aborts`, async () => {
      await using database = await useTestDatabase();
      await using proxy = new SilentProxy({ ...database.instance, driver, ...(tls && { tls }) });
      proxy.silence();
      const { controller, rejected } = open(proxy.instance);
      await until(() => proxy.hanging === 1);
      controller.abort();
      assertEquals((await rejected).code, "unavailable");
      await until(() => proxy.hanging === 0);
    });
  }
}

Deno.test("openConnection() does not connect after the signal has aborted", async () => {
  await using database = await useTestDatabase();
  await using proxy = new SilentProxy(database.instance);
  const { promise: hangs } = Promise.withResolvers<string>();
  const readPassword = (): Promise<string> => hangs;
  const { controller, rejected } = open({ ...proxy.instance, readPassword });
  controller.abort();
  assertEquals((await rejected).code, "unavailable");
  const options = { config: {}, readOnly: false, signal: controller.signal };
  await assertRejects(() => openConnection(proxy.instance, options), DatabaseError);
  assertEquals(proxy.accepted, 0);
});
