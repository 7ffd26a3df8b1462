import { assertEquals } from "@std/assert";
import { STATUS_CODES } from "node:http";
import { STATUS_TEXT } from "./status.ts";

Deno.test("STATUS_TEXT is that of node:http", () => {
  assertEquals({ ...STATUS_TEXT }, { ...STATUS_CODES });
});
