import { assertEquals } from "@std/assert";
import { ClientSession } from "./client_session.ts";
import { closeStatementMessage } from "./frontend_messages.ts";

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
  session.queueCleanup(false);
  // A Close message for each one that is left, with its type, length, kind and name, and a Sync.
  const bytes = closeStatementMessage("1/s9999").length * 256 + 5;
  assertEquals(session.take().length, bytes);
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
