import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { CountingProxy } from "@archway/tools/support/postgres/counting_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { money, openAccount, paymentServer, send } from "./testing/payment_client.ts";
import { PAYMENT_MIGRATIONS } from "./testing/payment_program.ts";

Deno.test("POST /v1/payments takes three round trips to the database", async () => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using proxy = await CountingProxy.start(database.instance);
  const primary = { ...proxy.instance, driver: "wire", maxConnections: 1 } as const;
  await using pool = openPool({ primary, replicas: [] });
  const server = paymentServer(pool);
  const [payer, payee] = [await openAccount(server, "100.00"), await openAccount(server, "0.00")];
  const counts: number[] = [];
  for (let payment = 0; payment < 3; payment++) {
    const before = proxy.sent;
    const { status } = await send(server, "POST /v1/payments", {
      key: crypto.randomUUID(),
      body: { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00") },
    });
    assertEquals(status, 201);
    counts.push(proxy.sent - before);
  }
  assertEquals(counts, [3, 3, 3]);
});
