import { assertEquals } from "@std/assert";
import { sqlLiteral } from "./sql_literal.ts";

Deno.test("sqlLiteral() returns a literal in one line", () => {
  assertEquals(sqlLiteral(null), "NULL");
  assertEquals(sqlLiteral(""), "''");
  assertEquals(sqlLiteral("it's 日本"), "'it''s 日本'");
  assertEquals(sqlLiteral("a\\b'\r\nc"), "E'a\\\\b''\\r\\nc'");
});
