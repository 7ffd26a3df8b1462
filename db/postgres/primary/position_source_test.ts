import { assertEquals, assertRejects } from "@std/assert";
import type { WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { PositionSource } from "./position_source.ts";

Deno.test("PositionSource.position() lets calls that come while a statement runs share the next one", async () => {
  const server = new Server();
  const first = server.source.position();
  await turn();
  const others = [server.source.position(), server.source.position(), server.source.position()];
  await turn();
  assertEquals(server.asked, 1);
  // Committed after the first statement looked, before the others were called: they have to see it.
  server.lsn = 7n;
  server.answer(0n);
  assertEquals(await first, { timeline: 1, lsn: 0n });
  await turn();
  server.answer();
  assertEquals(await Promise.all(others), Array(3).fill({ timeline: 1, lsn: 7n }));
  assertEquals(server.asked, 2);
});

Deno.test("PositionSource.position() shares one statement among the calls of one turn", async () => {
  const server = new Server();
  const calls = Array.from({ length: 5 }, () => server.source.position());
  server.lsn = 7n;
  await turn();
  server.answer();
  assertEquals(new Set((await Promise.all(calls)).map(({ lsn }) => lsn)), new Set([7n]));
  assertEquals(server.asked, 1);
});

Deno.test("PositionSource.position() asks anew when nothing runs", async () => {
  const server = new Server();
  for (let call = 1; call <= 3; call++) {
    server.lsn++;
    const position = server.source.position();
    await turn();
    server.answer();
    assertEquals([(await position).lsn, server.asked], [server.lsn, call]);
  }
});

Deno.test("PositionSource.position() never joins a statement that was sent before the call", async () => {
  const server = new Server();
  const asked: Promise<void>[] = [];
  for (let round = 0; round < 200; round++) {
    server.lsn++;
    const committed = server.lsn;
    asked.push(
      server.source.position().then(({ lsn }) => {
        if (lsn < committed) throw new Error(`A position from before the commit: ${lsn} < ${committed}`);
      }),
    );
    // What a statement tells is what was true when it was sent.
    if (round % 3 === 0) server.answer();
    if (round % 7 === 0) await turn();
  }
  do {
    await turn();
    server.answer();
    await turn();
  } while (server.isAsked);
  await Promise.all(asked);
});

Deno.test("PositionSource.position() fails for whoever shared the statement, and for nobody else", async () => {
  const server = new Server();
  const first = server.source.position();
  await turn();
  const second = server.source.position();
  server.fail(new DatabaseError("unavailable", "The database cannot be reached"));
  await assertRejects(() => first, DatabaseError);
  await turn();
  server.answer();
  assertEquals((await second).lsn, 0n);
});

Deno.test("PositionSource.position() leaves others their answer when one gives up", async () => {
  const server = new Server();
  const leaving = new AbortController();
  const first = server.source.position({ signal: leaving.signal });
  await turn();
  leaving.abort();
  assertEquals((await assertRejects(() => first, DatabaseError)).code, "cancelled");
  const second = server.source.position();
  server.answer();
  await turn();
  server.answer();
  assertEquals((await second).lsn, 0n);
  const gone = await assertRejects(
    () => server.source.position({ signal: AbortSignal.abort() }),
    DatabaseError,
  );
  assertEquals(gone.code, "cancelled");
});

/** A primary that tells where it stood when it was asked, once it is let. */
class Server {
  lsn = 0n;
  asked = 0;
  #questions: { readonly lsn: bigint; readonly answer: PromiseWithResolvers<WalPosition> }[] = [];
  readonly source = new PositionSource(() => {
    this.asked++;
    const answer = Promise.withResolvers<WalPosition>();
    this.#questions.push({ lsn: this.lsn, answer });
    return answer.promise;
  });

  get isAsked(): boolean {
    return this.#questions.length > 0;
  }

  answer(lsn?: bigint): void {
    const question = this.#questions.shift();
    question?.answer.resolve({ timeline: 1, lsn: lsn ?? question.lsn });
  }

  fail(error: Error): void {
    this.#questions.shift()?.answer.reject(error);
  }
}

/** Lets everything that can go on go on. */
async function turn(): Promise<void> {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setTimeout(resolve, 0));
}
