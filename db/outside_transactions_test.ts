import { assertEquals } from "@std/assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { outsideTransactions } from "./outside_transactions.ts";

Deno.test("outsideTransactions() keeps requests out of the context in which a module is imported", async () => {
  const transaction = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, () => {
    seen.push(transaction.getStore());
    return new Response();
  });
  const url = `data:text/javascript,export default "${crypto.randomUUID()}"`;
  await transaction.run("open", async () => await outsideTransactions(() => import(url)));
  await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text();
  assertEquals(seen, [undefined]);
});
