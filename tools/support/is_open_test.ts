import { assert, assertFalse } from "@std/assert";
import { isOpen } from "./is_open.ts";

Deno.test("isOpen() tells whether somebody listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(await isOpen(listener.addr.port));
  // Nobody is given this one by chance.
  assertFalse(await isOpen(1));
});
