import { assert, assertEquals } from "@std/assert";
import { createPaymentClient } from "@archway/api/clients/typescript/payment/client.gen.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { call, createdId, openAccountAt } from "../testing/payment_calls.ts";

/** Request as the cockpit lists and shows it, limited to the fields that tests use. */
interface Recorded {
  readonly id: number;
  readonly status: number;
  readonly fault?: string;
  readonly spans: readonly { readonly name: string; readonly isCaused: boolean }[];
}

async function get<T>(address: string): Promise<T> {
  return await (await fetch(address)).json();
}

/** Arms a fault for the next payments. */
async function arm(cockpit: string, kind: string, requests: number): Promise<void> {
  const response = await fetch(`${cockpit}/api/faults`, {
    method: "POST",
    headers: { "X-Cockpit": "1" },
    body: JSON.stringify({ kind, operation: "POST /v1/payments", requests }),
  });
  assertEquals(response.status, 200, await response.text());
}

/** Returns the names of the spans of work that a request caused, once an attempt of a webhook is among them. */
async function causedBy(request: string): Promise<readonly string[]> {
  while (true) {
    const { spans } = await get<Recorded>(request);
    const names = spans.filter(({ isCaused }) => isCaused).map(({ name }) => name);
    if (names.includes("POST webhook")) return names;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test({
  name:
    "createPaymentClient() pays once if responses are dropped, and the cockpit shows the webhooks of the payment",
  // Absent in copies without the cockpit.
  ignore: !services.some(({ name }) => name === "cockpit"),
  async fn(): Promise<void> {
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await using receiver = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen(): void {} },
      () => new Response(),
    );
    await using program = new MainProgram({
      ...postgresEnvironment(database.instance),
      ...{ MIGRATE_ON_START: "true", WEBHOOK_ALLOW_PRIVATE: "true", COCKPIT: "true", ADMIN_PORT: "0" },
    });
    const url = await program.url;
    await untilReady(url);
    const cockpit = new URL("/_dev", await program.metricsUrl).href;
    createdId(
      await call(url, "POST /v1/webhooks", {
        body: { url: `http://127.0.0.1:${receiver.addr.port}/`, eventTypes: ["payment.settled"] },
      }),
    );
    const payerAccountId = await openAccountAt(url, { balance: "10.00" });
    const payeeAccountId = await openAccountAt(url);

    const attempts: string[] = [];
    const client = createPaymentClient({
      baseUrl: url,
      async fetch(request): Promise<Response> {
        try {
          const response = await fetch(request);
          // Of a dropped response the runtime has sent the status line and nothing else; Deno 2.6 not even that.
          const isDropped = response.status === 201 && !response.headers.has("Idempotency-Replayed");
          attempts.push(
            isDropped ? "dropped" : response.status === 201 ? "replayed" : String(response.status),
          );
          return response;
        } catch (error) {
          attempts.push("dropped");
          throw error;
        }
      },
    });
    await arm(cockpit, "drop", 2);
    await arm(cockpit, "unavailable", 1);
    const { data, response } = await client.POST("/v1/payments", {
      body: { payerAccountId, payeeAccountId, amount: { amount: "6.00", currency: "BRL" } },
    });

    // Deno's fetch may itself send a request again after a connection without a response.
    assertEquals([...new Set(attempts)], ["503", "dropped", "replayed"]);
    assertEquals([response.status, data.data.status], [201, "settled"]);
    const { rows } = await pool.writer().query<{ id: string }>("select id from payments");
    assertEquals(rows, [{ id: data.data.id }]);
    const recorded = await get<readonly Recorded[]>(`${cockpit}/api/requests?route=/v1/payments`);
    const dropped = "response dropped after the service was done";
    assertEquals(recorded.map(({ status, fault }) => [status, fault]), [
      [201, undefined],
      [201, dropped],
      [201, dropped],
      [503, "503 without a call of the service"],
    ]);
    // The first attempt that reached the service is the one that paid.
    const names = await causedBy(`${cockpit}/api/requests/${recorded[2]?.id}`);
    assert(names.includes("relay events"), names.join(", "));
  },
});
