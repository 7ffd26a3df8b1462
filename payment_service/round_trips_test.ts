import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { CountingProxy } from "@archway/tools/support/postgres/counting_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { paymentModule } from "./module.ts";
import { money, openAccount, send } from "./testing/payment_client.ts";
import { PRIVACY, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "./testing/privacy_calls.ts";

Deno.test("Payments and payment requests take few round trips to the database", async (t) => {
  await using database = await useTestDatabase({ migrations: serviceMigrations(...PRIVACY, paymentModule) });
  await using proxy = await CountingProxy.start(database.instance);
  const primary = { ...proxy.instance, driver: "wire", maxConnections: 1 } as const;
  await using pool = openPool({ primary, replicas: [] });
  const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
  const [payer, payee] = [await openAccount(server, "100.00"), await openAccount(server, "0.00")];
  const countsOf = async (
    path: string,
    body: () => Record<string, unknown>,
    to = server,
  ): Promise<readonly number[]> => {
    const counts: number[] = [];
    for (let time = 0; time < 4; time++) {
      const before = proxy.sent;
      const sent = { key: crypto.randomUUID(), body: { amount: money("1.00"), ...body() } };
      const { status, text } = await send(to, `POST ${path}`, sent);
      assertEquals(status, 201, text);
      counts.push(proxy.sent - before);
    }
    // The first one prepares statements and creates keys.
    return counts.slice(1);
  };
  const payment = { payerAccountId: payer, payeeAccountId: payee };
  const request = { payeeAccountId: payee, expiresAt: new Date(Date.now() + 86_400_000).toISOString() };
  await t.step("a payment takes three", async () => {
    assertEquals(await countsOf("/v1/payments", () => payment), [3, 3, 3]);
  });
  await t.step("the audit log takes none", async () => {
    const settings = PRIVACY.length === 0 ? {} : { AUDIT_LOG: "changes" };
    const audited = serviceServer(pool, {
      services: PRIVATE_PAYMENTS,
      hmacSecrets: PRIVACY_SECRETS,
      settings,
    });
    assertEquals(await countsOf("/v1/payments", () => payment, audited), [3, 3, 3]);
  });
  await t.step("its description takes one more, for the keys", async () => {
    const expected = PRIVACY.length === 0 ? 3 : 4;
    const counts = await countsOf("/v1/payments", () => ({ ...payment, description: "Lunch" }));
    assertEquals(counts, Array(3).fill(expected));
  });
  await t.step("so does that of a payment request, which has a key of its own", async () => {
    const plain = await countsOf("/v1/payment-requests", () => request);
    const described = await countsOf("/v1/payment-requests", () => ({ ...request, description: "Lunch" }));
    assertEquals([plain, described], [[3, 3, 3], Array(3).fill(3 + PRIVACY.length)]);
  });
});
