import { assertEquals } from "@std/assert";
import { ClientSession } from "./client_session.ts";
import { closeStatementMessage, queryMessage } from "./frontend_messages.ts";
import { SessionScheduler } from "./session_scheduler.ts";

Deno.test("ClientSession.receive() forgets the statements that its client closes", () => {
  const client = { send(): void {}, close(): void {} };
  const session = new ClientSession(1, client, { ready(): void {}, left(): void {} });
  for (let index = 0; index < 10_000; index++) {
    session.receive(parseMessage(`s${index}`));
    if (index >= 256) session.receive(closeStatementMessage(`s${index - 256}`));
    session.take();
  }
  assertEquals(session.statements, 256);
  session.leave();
  session.queueCleanup({ isOwner: false, reset: [] });
  // A Close message for each one that is left, with its type, length, kind and name, and a Sync.
  const bytes = closeStatementMessage("1/s9999").length * 256 + 5;
  assertEquals(session.take().length, bytes);
});

Deno.test("ClientSession.receive() joins the pieces of a message once", () => {
  const session = new ClientSession(1, { send(): void {}, close(): void {} }, {
    ready(): void {},
    left(): void {},
  });
  // Joined with each of 32,768 pieces, it would take 512 GB of copies.
  const [large, small] = [queryMessage("x".repeat(32 * 1024 * 1024)), queryMessage("SELECT 7")];
  const piece = new Uint8Array(1024);
  session.receive(small.subarray(0, 3));
  session.receive(small.subarray(3, 7));
  assertEquals(session.hasMore, false);
  session.receive(small.subarray(7));
  assertEquals(session.take(), small);
  for (let offset = 0; offset < large.length; offset += piece.length) {
    assertEquals(session.hasMore, false);
    const part = large.subarray(offset, offset + piece.length);
    piece.set(part);
    session.receive(piece.subarray(0, part.length));
  }
  assertEquals(session.take().length, large.length);
});

Deno.test("SessionScheduler cleans up after a client that left during its statement, before it serves others", async () => {
  const executed: string[] = [];
  const [begun, left, worked] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const scheduler = new SessionScheduler(async (messages) => {
    const text = new TextDecoder().decode(messages);
    executed.push(...text.match(/begin|ROLLBACK|RESET ALL|pg_advisory_unlock_all|SET app\.a|work/g) ?? []);
    begun?.resolve();
    await left?.promise;
    const status = text.includes("begin") ? "T" : "I";
    return Uint8Array.of(0x5a, 0, 0, 0, 5, status.charCodeAt(0));
  }, { sessionSql: "SET app.a = 1" });
  const leaving = scheduler.join({ send(): void {}, close(): void {} });
  const waiting = scheduler.join({ send: (): void => worked?.resolve(), close(): void {} });
  leaving.receive(queryMessage("begin"));
  await begun?.promise;
  waiting.receive(queryMessage("work"));
  leaving.leave();
  left?.resolve();
  await worked?.promise;
  assertEquals(executed, ["begin", "ROLLBACK", "RESET ALL", "pg_advisory_unlock_all", "SET app.a", "work"]);
});

/** Returns a Parse message of a statement without a text or parameters. */
function parseMessage(name: string): Uint8Array {
  const content = new TextEncoder().encode(`${name}\0\0\0\0`);
  const message = new Uint8Array(5 + content.length);
  message[0] = "P".charCodeAt(0);
  new DataView(message.buffer).setUint32(1, 4 + content.length);
  message.set(content, 5);
  return message;
}
