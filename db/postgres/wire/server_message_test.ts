import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { MessageCursor } from "./message_cursor.ts";
import { readServerMessage, ServerError } from "./server_message.ts";
import { WireError } from "./wire_error.ts";

function cursorOf(text: string): MessageCursor {
  const bytes = Buffer.from(`before${text}after`);
  return new MessageCursor(bytes, 6, bytes.length - 5);
}

Deno.test("readServerMessage() returns every field, and the severity in English", () => {
  const codes = {
    V: "ERROR",
    C: "23505",
    M: "duplicate",
    D: "Key",
    H: "hint",
    P: "7",
    p: "8",
    q: "SELECT",
    W: "at",
  };
  const names = {
    s: "public",
    t: "things",
    c: "id",
    d: "int",
    n: "things_key",
    F: "nbtinsert.c",
    L: "666",
    R: "_bt",
  };
  const all = Object.entries({ S: "FEHLER", ...codes, ...names, z: "unknown" });
  assertEquals(readServerMessage(cursorOf(`${all.map(([code, text]) => `${code}${text}\0`).join("")}\0`)), {
    severity: "ERROR",
    code: "23505",
    message: "duplicate",
    detail: "Key",
    hint: "hint",
    position: "7",
    internal_position: "8",
    internal_query: "SELECT",
    where: "at",
    schema_name: "public",
    table_name: "things",
    column_name: "id",
    data_type_name: "int",
    constraint_name: "things_key",
    file: "nbtinsert.c",
    line: "666",
    routine: "_bt",
  });
  assertEquals(readServerMessage(cursorOf("SFATAL\0Mno\0\0")), { severity: "FATAL", message: "no" });
});

Deno.test("readServerMessage() refuses fields that do not end", () => {
  for (const text of ["", "M", "Mtext", "Mtext\0"]) {
    assertThrows(() => readServerMessage(cursorOf(text)), WireError, "The server violated the protocol");
  }
});

Deno.test("ServerError has the fields of the server and no stack frames", () => {
  const error = new ServerError({ severity: "ERROR", code: "42P01", message: "missing" });
  assertEquals([error.message, error.code, error.severity, error.hint], [
    "missing",
    "42P01",
    "ERROR",
    undefined,
  ]);
  assertEquals(error.stack?.includes("\n"), false);
});
