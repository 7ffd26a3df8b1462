import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Server } from "@archway/server/server.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { findInconsistencies } from "./testing/find_inconsistencies.ts";
import {
  balanceOf,
  dataOf,
  idOf,
  money,
  openAccount,
  outcome,
  outcomes,
  type PaymentResponse,
  paymentServer,
  send,
} from "./testing/payment_client.ts";
import { PAYMENT_MIGRATIONS } from "./testing/payment_program.ts";
import { runJob } from "./testing/run_job.ts";

const NOW = "2026-11-25T10:00:00Z";
const EXPIRES = "2026-11-25T12:00:00Z";
const ROUNDS = 10;

interface Harness {
  readonly pool: ConnectionPool;
  /** Pool of the second server. */
  readonly other: ConnectionPool;
  /** Two servers that share nothing but the database, like two processes. */
  readonly servers: readonly [Server, Server];
  readonly payee: string;
}

async function withHarness(run: (harness: Harness) => Promise<void>): Promise<void> {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using other = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  const now = (): Timestamp => NOW;
  await using first = paymentServer(pool, { now });
  await using second = paymentServer(other, { now });
  await run({ pool, other, servers: [first, second], payee: await openAccount(first, "0") });
  assertEquals(await findInconsistencies(pool.writer()), []);
}

function many(count: number, run: (index: number) => Promise<PaymentResponse>): Promise<PaymentResponse[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

function terms(payeeAccountId: string, amount = "1.00"): Readonly<Record<string, unknown>> {
  return { payeeAccountId, amount: money(amount), description: "Lunch", expiresAt: EXPIRES };
}

async function request({ servers: [server], payee }: Harness): Promise<string> {
  const options = { key: crypto.randomUUID(), body: terms(payee) };
  return idOf(await send(server, "POST /v1/payment-requests", options));
}

function pay(server: Server, id: string, payerAccountId: string): Promise<PaymentResponse> {
  const options = { headers: { "If-Match": '"11"' }, body: { payerAccountId } };
  return send(server, `PUT /v1/payment-requests/${id}/payment`, options);
}

async function revisionsOf({ servers: [server] }: Harness, id: string): Promise<readonly unknown[]> {
  const { body } = await send(server, `GET /v1/payment-requests/${id}/revisions`);
  return body.data?.map(({ status }) => status) ?? [];
}

Deno.test("PUT /v1/payment-requests/{id}/payment is executed once for many payers at once", () =>
  withHarness(async (harness) => {
    const { servers, payee } = harness;
    const payers = await Promise.all(Array.from({ length: 8 }, () => openAccount(servers[0], "100.00")));
    for (let round = 0; round < ROUNDS; round++) {
      const id = await request(harness);
      // Each account pays twice, by both servers.
      const responses = await many(
        16,
        (index) => pay(servers[index % 2] ?? servers[0], id, payers[index >> 1] ?? ""),
      );
      const done = responses.filter(({ status }) => status < 300);
      assertEquals(done.map(({ status }) => status).toSorted(), [200, 201]);
      assertEquals(new Set(done.map(idOf)).size, 1);
      assertEquals(outcomes(responses)["409 payment-request-paid"], 14);
      assertEquals(await revisionsOf(harness, id), ["created", "paid"]);
    }
    assertEquals(await balanceOf(servers[0], payee), `${ROUNDS}.00`);
  }));

Deno.test("A request that is paid, revised and cancelled at once has one of these outcomes", () =>
  withHarness(async (harness) => {
    const { servers: [one, two], payee } = harness;
    const payer = await openAccount(one, "100.00");
    let settled = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const id = await request(harness);
      const path = `/v1/payment-requests/${id}`;
      const headers = { "If-Match": '"11"' };
      const changes = [
        () => pay(one, id, payer),
        () => send(two, `PUT ${path}`, { headers, body: terms(payee, "2.00") }),
        () => send(one, `POST ${path}/cancel`, { headers }),
      ];
      // Alternates the order in which they are sent.
      const order = [0, 1, 2].map((index) => (index + round) % 3);
      const responses = await Promise.all(order.map((index) => changes[index]?.()));
      const statuses = order.map((index, place) => [index, responses[place]?.status ?? 0] as const);
      const won = statuses.filter(([, status]) => status < 300).map(([index]) => index);
      assertEquals(won.length, 1, JSON.stringify(statuses));
      const expected = { 0: "paid", 1: "created", 2: "cancelled" }[won[0] ?? 0];
      assertEquals(await revisionsOf(harness, id), ["created", expected]);
      if (won[0] === 0) settled++;
    }
    assertEquals(await balanceOf(one, payee), `${settled}.00`);
  }));

Deno.test("A request that is paid while its expiry is recorded is either paid or expired", () =>
  withHarness(async (harness) => {
    const { servers: [server], other, payee } = harness;
    const payer = await openAccount(server, "100.00");
    let settled = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const ids = await Promise.all(Array.from({ length: 5 }, () => request(harness)));
      // The clock of the other process is ahead.
      const expire = (): Promise<void> => runJob(other, "payments.expire_requests", { now: () => EXPIRES });
      const pays = (): Promise<PaymentResponse[]> => many(5, (index) => pay(server, ids[index] ?? "", payer));
      const [responses] = round % 2 === 0
        ? await Promise.all([pays(), expire()])
        : (await Promise.all([expire(), pays()])).toReversed();
      assert(Array.isArray(responses));
      for (const [index, id] of ids.entries()) {
        const paid = responses[index];
        assert(paid !== undefined);
        if (paid.status === 201) settled++;
        else assertEquals(outcome(paid), "410 payment-request-expired");
        assertEquals(await revisionsOf(harness, id), ["created", paid.status === 201 ? "paid" : "expired"]);
      }
    }
    assertEquals(await balanceOf(server, payee), `${settled}.00`);
  }));

Deno.test("Concurrent requests with one reference, or with one id, become one request", () =>
  withHarness(async ({ servers, payee }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const body = { ...terms(payee), reference: `invoice-${round}` };
      const responses = await many(
        8,
        (index) =>
          send(servers[index % 2] ?? servers[0], "POST /v1/payment-requests", {
            key: crypto.randomUUID(),
            body,
          }),
      );
      assertEquals(outcomes(responses), { "201": 1, "409 reference-exists": 7 });
      const id = idOf(responses.find(({ status }) => status === 201) ?? responses[0] ?? unexpected());
      for (const { status, text } of responses) assert(status === 201 || text.includes(id));
      const own = crypto.randomUUID();
      const puts = await many(
        8,
        (index) =>
          send(servers[index % 2] ?? servers[0], `PUT /v1/payment-requests/${own}`, {
            body: { ...body, reference: `own-${round}` },
          }),
      );
      assertEquals(outcomes(puts), { "201": 1, "200": 7 });
      assertEquals(new Set(puts.map((put) => JSON.stringify(dataOf(put)))).size, 1);
    }
  }));

function unexpected(): never {
  throw new Error("No response");
}
