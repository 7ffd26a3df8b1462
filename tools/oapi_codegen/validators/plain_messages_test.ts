import { assertEquals } from "@std/assert";
import { plainMessages } from "./plain_messages.ts";

Deno.test("plainMessages() replaces only unions of types", () => {
  assertEquals(plainMessages('message:"must be string,null"'), 'message:"must be string or null"');
  assertEquals(
    plainMessages('message:"must be string,number,null"'),
    'message:"must be string, number or null"',
  );
  assertEquals(plainMessages('message:"must be red,green"'), 'message:"must be red,green"');
});
