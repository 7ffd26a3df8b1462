import { assertEquals, assertStringIncludes } from "@std/assert";
import createClient from "openapi-fetch";
import type { paths } from "@archway/api/paymentapi/server.gen.ts";
import type { paths as profilePaths } from "@archway/api/profileapi/server.gen.ts";
import { execute, ROLES } from "@archway/tools/support/postgres/execute.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

Deno.test("archway serves payments as a role without ownership, and rebuilds as the owner only", async () => {
  await using server = await startPostgres();
  const superuser = await server.createDatabase("archway");
  const owner = { ...superuser, user: "archway_owner" };
  const app = { ...superuser, user: "archway_app" };
  await execute(superuser, ROLES);
  await using migrate = new MainProgram(postgresEnvironment(owner), ["migrate", "up"]);
  assertEquals((await migrate.ended()).code, 0);
  await using program = new MainProgram(postgresEnvironment(app));
  const url = await program.url;
  await untilReady(url);
  await servePayments(url);
  for (const [instance, expected] of [[owner, 0], [app, 1]] as const) {
    await using rebuild = new MainProgram(postgresEnvironment(instance), ["events", "rebuild"]);
    const { code, stderr } = await rebuild.ended();
    assertEquals(code, expected, stderr);
    if (instance === app) assertStringIncludes(stderr, "permission denied for schema public");
  }
  const { code, stderr } = await program.stop();
  assertEquals([code, stderr], [0, ""]);
});

/** Sends requests that write events, keys and projections, and that read them. */
async function servePayments(url: string): Promise<void> {
  const profiles = createClient<profilePaths>({ baseUrl: url });
  const client = createClient<paths>({ baseUrl: url });
  const accounts: string[] = [];
  for (const name of ["Ada", "Grace"]) {
    const profile = await profiles.POST("/v1/profiles", { body: { name } });
    const body = { profileId: profile.data?.data.id ?? "", currency: "BRL" };
    accounts.push((await client.POST("/v1/accounts", { body })).data?.data.id ?? "");
  }
  const [payer = "", payee = ""] = accounts;
  const amount = { amount: "1.00", currency: "BRL" };
  const header = { "Idempotency-Key": crypto.randomUUID() };
  const deposited = await client.POST("/v1/accounts/{id}/deposits", {
    params: { path: { id: payer }, header },
    body: { amount },
  });
  assertEquals(deposited.response.status, 201);
  const body = { payerAccountId: payer, payeeAccountId: payee, amount };
  const paid = await client.POST("/v1/payments", { params: { header }, body });
  assertEquals(paid.response.status, 201);
  const token = paid.response.headers.get("consistency-token") ?? "";
  const path = { id: paid.data?.data.id ?? "", refundId: crypto.randomUUID() };
  const refunded = await client.PUT("/v1/payments/{id}/refunds/{refundId}", {
    params: { path },
    body: { amount },
  });
  assertEquals(refunded.response.status, 201);
  const events = await client.GET("/v1/payments/{id}/events", {
    params: { path },
    headers: { "Consistency-Token": refunded.response.headers.get("consistency-token") ?? token },
  });
  assertEquals(events.data?.data.map(({ type }) => type), ["payment.settled", "payment.refunded"]);
}
