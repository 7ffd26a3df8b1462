import { assertEquals, assertRejects } from "@std/assert";
import type { WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { PositionSource } from "./position_source.ts";

Deno.test("PositionSource.position() shares the next statement among calls during a running one", async () => {
  const server = new Server();
  const first = server.source.position();
  await turn();
  const others = [server.source.position(), server.source.position(), server.source.position()];
  await turn();
  assertEquals(server.queried, 1);
  // Committed after the first statement had read, before the other calls: these have to see it.
  server.lsn = 7n;
  server.respond(0n);
  assertEquals(await first, { timeline: 1, lsn: 0n });
  await turn();
  server.respond();
  assertEquals(await Promise.all(others), Array(3).fill({ timeline: 1, lsn: 7n }));
  assertEquals(server.queried, 2);
});

Deno.test("PositionSource.position() shares one statement among the calls of one turn", async () => {
  const server = new Server();
  const calls = Array.from({ length: 5 }, () => server.source.position());
  server.lsn = 7n;
  await turn();
  server.respond();
  assertEquals(new Set((await Promise.all(calls)).map(({ lsn }) => lsn)), new Set([7n]));
  assertEquals(server.queried, 1);
});

Deno.test("PositionSource.position() sends a new statement when none is running", async () => {
  const server = new Server();
  for (let call = 1; call <= 3; call++) {
    server.lsn++;
    const position = server.source.position();
    await turn();
    server.respond();
    assertEquals([(await position).lsn, server.queried], [server.lsn, call]);
  }
});

Deno.test("PositionSource.position() never joins a statement sent before the call", async () => {
  const server = new Server();
  const queried: Promise<void>[] = [];
  for (let round = 0; round < 200; round++) {
    server.lsn++;
    const committed = server.lsn;
    queried.push(
      server.source.position().then(({ lsn }) => {
        if (lsn < committed) throw new Error(`A position from before the commit: ${lsn} < ${committed}`);
      }),
    );
    // A statement returns the position at the time it was sent.
    if (round % 3 === 0) server.respond();
    if (round % 7 === 0) await turn();
  }
  do {
    await turn();
    server.respond();
    await turn();
  } while (server.isQueried);
  await Promise.all(queried);
});

Deno.test("PositionSource.position() only rejects for calls that shared the statement", async () => {
  const server = new Server();
  const first = server.source.position();
  await turn();
  const second = server.source.position();
  server.fail(new DatabaseError("unavailable", "The database cannot be reached"));
  await assertRejects(() => first, DatabaseError);
  await turn();
  server.respond();
  assertEquals((await second).lsn, 0n);
});

Deno.test("PositionSource.position() resolves for other calls when one aborts", async () => {
  const server = new Server();
  const leaving = new AbortController();
  const first = server.source.position({ signal: leaving.signal });
  await turn();
  leaving.abort();
  assertEquals((await assertRejects(() => first, DatabaseError)).code, "cancelled");
  const second = server.source.position();
  server.respond();
  await turn();
  server.respond();
  assertEquals((await second).lsn, 0n);
  const aborted = await assertRejects(
    () => server.source.position({ signal: AbortSignal.abort() }),
    DatabaseError,
  );
  assertEquals(aborted.code, "cancelled");
});

/** Primary that returns its position at the time of the query, when the test lets it. */
class Server {
  lsn = 0n;
  queried = 0;
  #queries: { readonly lsn: bigint; readonly response: PromiseWithResolvers<WalPosition> }[] = [];
  readonly source = new PositionSource(() => {
    this.queried++;
    const response = Promise.withResolvers<WalPosition>();
    this.#queries.push({ lsn: this.lsn, response });
    return response.promise;
  });

  get isQueried(): boolean {
    return this.#queries.length > 0;
  }

  respond(lsn?: bigint): void {
    const query = this.#queries.shift();
    query?.response.resolve({ timeline: 1, lsn: lsn ?? query.lsn });
  }

  fail(error: Error): void {
    this.#queries.shift()?.response.reject(error);
  }
}

/** Runs everything that is ready. */
async function turn(): Promise<void> {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setTimeout(resolve, 0));
}
