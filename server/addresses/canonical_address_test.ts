import { assertEquals } from "@std/assert";
import { canonicalAddress } from "./canonical_address.ts";

Deno.test("canonicalAddress() returns one text for all forms of an address", () => {
  const texts = ["::1", "0:0:0:0:0:0:0:1", "2001:DB8:0::1", "2001:db8::1", "127.0.0.1", "::ffff:7f00:1"];
  assertEquals(texts.map(canonicalAddress), [
    ...["::1", "::1", "2001:db8::1", "2001:db8::1"],
    ...["127.0.0.1", "127.0.0.1"],
  ]);
});
