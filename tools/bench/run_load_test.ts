import { assert, assertEquals, assertRejects } from "@std/assert";
import { runLoad } from "./run_load.ts";

Deno.test("runLoad() counts responses of all clients, other statuses than 2xx apart", async () => {
  let seen = 0;
  const client = (): Promise<number> => Promise.resolve(seen++ % 2 === 0 ? 204 : 503);
  const { requests, otherStatuses, p50, p99 } = await runLoad([client, client], { milliseconds: 20 });
  assert(requests > 0);
  assertEquals(requests, Math.ceil(seen / 2));
  assertEquals(otherStatuses, { "503": Math.floor(seen / 2) });
  assert(p50 <= p99);
});

Deno.test("runLoad() rejects when a client does", async () => {
  const failing = (): Promise<number> => Promise.reject(new Error("broken"));
  await assertRejects(() => runLoad([failing], { milliseconds: 200 }), Error, "broken");
});
