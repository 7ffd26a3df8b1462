import { assert, assertFalse } from "@std/assert";
import { isOpen } from "./is_open.ts";

Deno.test("isOpen() reports whether the port accepts connections", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(await isOpen(listener.addr.port));
  // A port that the system never assigns by chance.
  assertFalse(await isOpen(1));
});
