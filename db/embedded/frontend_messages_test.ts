import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  closeStatementMessage,
  queryMessage,
  renameStatement,
  syncMessage,
  takeMessages,
  takeStartupPacket,
} from "./frontend_messages.ts";

Deno.test("takeMessages() leaves incomplete messages", () => {
  const query = queryMessage("SELECT 1");
  const all = Uint8Array.from([...query, ...syncMessage, ...query.subarray(0, 7)]);
  const { value, rest } = takeMessages(all);
  assertEquals(value, { messages: [query, syncMessage], terminated: false });
  assertEquals(rest, query.subarray(0, 7));
});

Deno.test("takeMessages() stops at Terminate", () => {
  const goodbye = Uint8Array.of(0x58, 0, 0, 0, 4);
  const { value } = takeMessages(Uint8Array.from([...syncMessage, ...goodbye, ...syncMessage]));
  assertEquals(value, { messages: [syncMessage], terminated: true });
});

Deno.test("takeMessages() stops at a message of an unknown kind or without its length", () => {
  const invalid = { unknown: [0x7e, 0, 0, 0, 4], password: [0x70, 0, 0, 0, 4], short: [0x51, 0, 0, 0, 3] };
  for (const bytes of Object.values(invalid)) {
    const { value } = takeMessages(Uint8Array.from([...syncMessage, ...bytes, ...syncMessage]));
    assertEquals(value, { messages: [syncMessage], terminated: true });
  }
});

Deno.test("takeStartupPacket() distinguishes packets", () => {
  const packets = {
    encryption: [0, 0, 0, 8, 4, 210, 22, 47],
    cancel: [0, 0, 0, 8, 4, 210, 22, 46],
    startup: [0, 0, 0, 8, 0, 3, 0, 0],
    unknown: [0, 0, 0, 8, 0, 2, 0, 0],
  };
  for (const [expected, bytes] of Object.entries(packets)) {
    assertEquals(takeStartupPacket(Uint8Array.from([...bytes, 9]))?.value, expected);
    assertEquals(takeStartupPacket(Uint8Array.from(bytes.slice(0, 7))), undefined);
  }
  assertEquals(takeStartupPacket(Uint8Array.from([71, 69, 84, 32, 47, 32, 72, 84]))?.value, "unknown");
});

Deno.test("renameStatement() only changes the name", () => {
  const rename = (name: string): string => `7/${name}`;
  assertEquals(renameStatement(closeStatementMessage("abc"), rename), closeStatementMessage("7/abc"));
  for (const untouched of [closeStatementMessage(""), queryMessage("P"), syncMessage]) {
    assertStrictEquals(renameStatement(untouched, rename), untouched);
  }
  const bind = Uint8Array.from([0x42, 0, 0, 0, 9, 112, 0, 115, 0, 1]);
  assertEquals(
    renameStatement(bind, rename),
    Uint8Array.from([0x42, 0, 0, 0, 11, 112, 0, 55, 47, 115, 0, 1]),
  );
});
