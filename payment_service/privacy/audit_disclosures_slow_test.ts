import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { withApi, withIdempotency, withResponseValidation } from "@archway/server/server_options.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { EventReader } from "@archway/tools/support/event_reader.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { paymentModule } from "../module.ts";
import { byName, idOf, money, openAccount, type PaymentResponse, send } from "../testing/payment_client.ts";
import { PRIVACY, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

const graphqlModules = services.filter(({ name }) => name === "graphql");

/** A program with its background work, and accounts of two callers. */
interface Harness {
  readonly pool: ConnectionPool;
  readonly server: Server;
  readonly url: string;
  readonly ada: string;
  readonly bob: string;
}

/** A row of the audit log: action, resource and ids. */
type Row = readonly [action: string, resource: string, ids: readonly string[]];

/** Returns the rows of a caller that mention an id, in order. */
async function rowsOf({ pool }: Pick<Harness, "pool">, actor: string, id: string): Promise<readonly Row[]> {
  const { rows } = await pool.writer().query<{ action: string; resource: string; ids: readonly string[] }>(
    "select action, resource, ids from audit_log where actor = $1 and $2 = any (ids) order by position",
    [actor, id],
  );
  return rows.map(({ action, resource, ids }) => [action, resource, ids]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Resolves when a caller has a row of an action, for a resource that mentions an id. */
async function untilRow(
  harness: Pick<Harness, "pool">,
  actor: string,
  [action, resource, id]: readonly [action: string, resource: string, id: string],
): Promise<Row> {
  for (;;) {
    const rows = await rowsOf(harness, actor, id);
    const found = rows.find((row) => row[0] === action && row[1] === resource);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function pay(
  { server, ada, bob }: Harness,
  key: string = crypto.randomUUID(),
): Promise<PaymentResponse> {
  const body = { payerAccountId: ada, payeeAccountId: bob, amount: money("1.00") };
  const response = await send(server, "POST /v1/payments", { as: "ada", key, body });
  assertEquals(response.status, 201, response.text);
  return response;
}

/** Receiver of webhooks that responds with a status. */
function receive(status: number): { readonly url: string } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
    await request.body?.cancel();
    return new Response(null, { status });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function createWebhook({ server }: Harness, url: string): Promise<string> {
  const body = { url, eventTypes: ["payment.settled"] };
  const response = await send(server, "POST /v1/webhooks", { as: "bob", body });
  assertEquals(response.status, 201, response.text);
  return idOf(response);
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "a stored response that is sent again, with the ids in it": async (harness) => {
    const key = crypto.randomUUID();
    const payment = idOf(await pay(harness, key));
    assertEquals(await rowsOf(harness, "ada", payment), [["create", "payment", [payment]]]);
    await pay(harness, key);
    const [, , ids] = await untilRow(harness, "ada", ["read", "response", payment]);
    for (const id of [harness.ada, harness.bob]) assert(ids.includes(id));
  },
  "a PUT that finds what it would create": async (harness) => {
    const { server, ada, bob } = harness;
    const id = crypto.randomUUID();
    const body = { payerAccountId: ada, payeeAccountId: bob, amount: money("1.00") };
    for (const status of [201, 200]) {
      assertEquals((await send(server, `PUT /v1/payments/${id}`, { as: "ada", body })).status, status);
    }
    await untilRow(harness, "ada", ["read", "payment", id]);
    assertEquals((await rowsOf(harness, "ada", id))[0], ["create", "payment", [id]]);
  },
  "ids in lower case, in whatever case the caller has written them": async (harness) => {
    const { server } = harness;
    const payment = idOf(await pay(harness));
    const path = `/v1/payments/${payment.toUpperCase()}/refunds/${crypto.randomUUID()}`;
    const refund = { as: "bob", body: { amount: money("1.00") } };
    assertEquals((await send(server, `PUT ${path}`, refund)).status, 201);
    assertEquals((await send(server, `GET ${path}`, { as: "bob" })).status, 200);
    await untilRow(harness, "bob", ["read", "payment", payment]);
    assertEquals((await rowsOf(harness, "bob", payment))[0], ["update", "payment", [payment]]);
    assertEquals(await rowsOf(harness, "bob", payment.toUpperCase()), []);
  },
  "each item of a batch in its transaction, as a change of the caller": async (harness) => {
    const { server, pool, bob } = harness;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const item = { payeeAccountId: bob, amount: money("1.00"), expiresAt };
    const requests = ["one", "two", "two"].map((reference) => ({ ...item, reference }));
    const accepted = await send(server, "POST /v1/payment-request-batches", {
      ...{ as: "bob", key: crypto.randomUUID(), body: { requests } },
    });
    const batch = idOf(accepted);
    assertEquals(await rowsOf(harness, "bob", batch), [["create", "payment_request_batch", [batch]]]);
    const items = async (): Promise<readonly { requestId: string; status: string }[]> =>
      (await pool.writer().query<{ requestId: string; status: string }>(
        `select request_id as "requestId", status from payment_request_batch_items where batch_id = $1 order by place`,
        [batch],
      )).rows;
    await until(async () => (await items()).every(({ status }) => status !== "pending"));
    for (const { requestId, status } of await items()) {
      const expected: readonly Row[] = status === "created"
        ? [["create", "payment_request", [requestId]]]
        : [];
      assertEquals(await rowsOf(harness, "bob", requestId), expected);
    }
    assertEquals((await items()).map(({ status }) => status), ["created", "created", "failed"]);
    const together = await pool.writer().query(
      `select from payment_requests as p join audit_log as l on p.id::text = any (l.ids)
        join payment_request_batch_items as i on i.request_id = p.id
      where i.batch_id = $1 and l.action = 'create' and p.xmin = l.xmin`,
      [batch],
    );
    assertEquals(together.rowCount, 2);
    await send(server, `GET /v1/payment-request-batches/${batch}/items`, { as: "bob" });
    await untilRow(harness, "bob", ["read", "payment_request_batch", batch]);
  },
  "a subscription, and the payment of each event": async (harness) => {
    if (graphqlModules.length === 0) return;
    await using events = await EventReader.open(`${harness.url}/graphql`, {
      method: "POST",
      headers: {
        ...{ "Content-Type": "application/json", Accept: "text/event-stream" },
        Authorization: "Bearer bob",
      },
      body: JSON.stringify({ query: "subscription { paymentEvents { type } }" }),
    });
    const payment = idOf(await pay(harness));
    await events.next();
    await untilRow(harness, "bob", ["read", "payment", payment]);
    assertEquals((await rowsOf(harness, "bob", "payment"))[0], ["read", "subscription", ["payment"]]);
  },
  "events that webhooks send, also to receivers that refuse them, and not to those without TLS": async (
    harness,
  ) => {
    await using accepting = receive(204);
    await using refusing = receive(500);
    const reached = [await createWebhook(harness, accepting.url), await createWebhook(harness, refusing.url)];
    const unreached = await createWebhook(harness, accepting.url.replace("http:", "https:"));
    const payment = idOf(await pay(harness));
    for (const webhook of reached) {
      await until(async () => (await rowsOf(harness, "bob", webhook)).length > 1);
      const [created, sent] = await rowsOf(harness, "bob", webhook);
      assertEquals(created, ["create", "webhook", [webhook]]);
      assertEquals(sent?.slice(0, 2), ["send", "webhook"]);
      const { rows } = await harness.pool.writer().query<{ id: string }>(
        "select profile_id::text as id from accounts where id = any ($1)",
        [[harness.ada, harness.bob]],
      );
      for (const id of [payment, ...rows.map((row) => row.id)]) assert(sent?.[2].includes(id), id);
    }
    await until(async () =>
      (await harness.pool.writer().query(
        "select from webhook_deliveries where endpoint_id = $1 and last_error = 'tls'",
        [unreached],
      )).rowCount > 0
    );
    assertEquals(await rowsOf(harness, "bob", unreached), [["create", "webhook", [unreached]]]);
  },
  "changes of a webhook": async (harness) => {
    await using gone = receive(410);
    const webhook = await createWebhook(harness, gone.url);
    await pay(harness);
    const isDisabled = async (): Promise<boolean> =>
      (await harness.pool.writer().query(
        "select from webhook_endpoints where id = $1 and disabled_at is not null",
        [webhook],
      )).rowCount > 0;
    await until(isDisabled);
    for (const line of ["POST /rotate-secret", "POST /enable", "POST /enable", "DELETE "]) {
      const [method, path] = line.split(" ");
      const headers = method === "DELETE" ? { "If-Match": "*" } : {};
      const response = await send(harness.server, `${method} /v1/webhooks/${webhook}${path}`, {
        ...{ as: "bob", headers },
      });
      assert(response.status < 300, response.text);
    }
    const { rows } = await harness.pool.writer().query<{ actor: string | null; action: string }>(
      `select actor, action from audit_log where resource = 'webhook' and action <> 'send' and ids[1] = $1
      order by position`,
      [webhook],
    );
    assertEquals(rows.map(({ actor, action }) => [actor, action]), [
      ["bob", "create"],
      [null, "update"],
      ["bob", "update"],
      ["bob", "update"],
      ["bob", "delete"],
    ]);
  },
};

for (const [name, open] of Object.entries(databasesWith(serviceMigrations(...PRIVACY, paymentModule)))) {
  Deno.test({
    name: `AUDIT_LOG=all records on ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(t): Promise<void> {
      await using database = await open();
      const { pool } = database;
      const mounted = mountOnPool(pool, {
        services: [...PRIVATE_PAYMENTS, ...graphqlModules],
        hmacSecrets: PRIVACY_SECRETS,
        settings: { AUDIT_LOG: "all", WEBHOOK_ALLOW_PRIVATE: "true" },
      });
      const apis = mounted.services.flatMap(({ api }) => api === undefined ? [] : [withApi(api)]);
      await using server = createServer(
        "127.0.0.1",
        0,
        ...[byName, withResponseValidation(true), withIdempotency(mounted.idempotency), ...apis],
      );
      await using work = new AsyncDisposableStack();
      for (const { background } of mounted.services) {
        if (background !== undefined) work.use(await background.open()).start();
      }
      const url = (await server.listen()).url.replace(/\/$/, "");
      const ada = await openAccount(server, "100.00", { as: "ada" });
      const bob = await openAccount(server, "0", { as: "bob" });
      for (const [title, run] of Object.entries(CASES)) {
        await t.step(title, () => run({ pool, server, url, ada, bob }));
      }
    },
  });
}
