import { assertEquals } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import type { Querier } from "@archway/db/db.ts";
import { privacyModule } from "./module.ts";

Deno.test("privacyModule.cipher is loaded outside of the transaction that needs it first", async () => {
  const transaction = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, () => {
    seen.push(transaction.getStore());
    return new Response();
  });
  const cipher = privacyModule.cipher?.(["a secret of more than 32 bytes for a test"]);
  const tx: Querier = { query: () => Promise.reject(new Error("There is nothing to encrypt")) };
  await transaction.run("open", async () => await cipher?.encrypt(tx, [], () => []));
  await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text();
  assertEquals(seen, [undefined]);
});
