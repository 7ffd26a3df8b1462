import { assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import type { Server } from "@archway/server/server.ts";
import { emptyPaymentTables } from "./testing/empty_payment_tables.ts";
import {
  byName,
  dataOf,
  idOf,
  invalidParams,
  money,
  openAccount,
  outcome,
  type PaymentResponse,
  paymentServer,
  send,
} from "./testing/payment_client.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import { runJob } from "./testing/run_job.ts";

interface Harness {
  readonly pool: ConnectionPool;
  readonly server: Server;
  readonly ada: string;
  readonly bob: string;
}

/** A month from now. */
const EXPIRES = new Date(Date.now() + 30 * 86_400_000).toISOString();

function terms(
  payeeAccountId: string,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { payeeAccountId, amount: money("10.00"), expiresAt: EXPIRES, ...changes };
}

function post(
  { server }: Harness,
  requests: readonly unknown[],
  { as = "bob", key = crypto.randomUUID() }: { readonly as?: string; readonly key?: string } = {},
): Promise<PaymentResponse> {
  return send(server, "POST /v1/payment-request-batches", { as, key, body: { requests } });
}

async function process({ pool }: Harness, batchId: string): Promise<void> {
  await runJob(pool, "payments.create_requests", { payload: { batchId } });
}

async function progress({ server }: Harness, batchId: string): Promise<readonly unknown[]> {
  const read = await send(server, `GET /v1/payment-request-batches/${batchId}`, { as: "bob" });
  const { status, total, created, failed } = dataOf(read);
  return [status, total, created, failed];
}

async function items({ server }: Harness, batchId: string): Promise<PaymentResponse["body"]["data"]> {
  return (await send(server, `GET /v1/payment-request-batches/${batchId}/items`, { as: "bob" })).body.data;
}

async function countRequests(pool: ConnectionPool): Promise<bigint | undefined> {
  const sql = "select count(*) as requests from payment_requests";
  return (await pool.writer().query<{ requests: bigint }>(sql)).rows[0]?.requests;
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "each item is created, or has a problem": async (harness) => {
    const { server, pool, ada, bob } = harness;
    const own = crypto.randomUUID();
    const accepted = await post(harness, [
      terms(bob, { id: own.toUpperCase(), reference: "a" }),
      terms(bob, { reference: "a" }),
      terms(bob, { amount: money("1.001") }),
      terms(ada),
      terms(bob, { id: own, reference: "a" }),
      terms(bob, { id: own, reference: "a", amount: money("9.00") }),
      terms(bob, { expiresAt: "2020-01-01T00:00:00Z" }),
      terms(bob),
    ]);
    const id = idOf(accepted);
    assertEquals([accepted.status, accepted.headers.get("location"), accepted.headers.get("retry-after")], [
      202,
      `/v1/payment-request-batches/${id}`,
      "1",
    ]);
    assertEquals(await progress(harness, id), ["processing", 8, 0, 1]);
    assertEquals((await items(harness, id))?.map(({ status }) => status), [
      ...["pending", "pending", "failed", "pending", "pending", "pending", "pending", "pending"],
    ]);
    const { rows: jobs } = await pool.writer().query<{ payload: unknown }>(
      "select payload from jobs where kind = 'payments.create_requests'",
    );
    assertEquals(jobs, [{ payload: { batchId: id } }]);
    await process(harness, id);
    assertEquals(await progress(harness, id), ["completed", 8, 3, 5]);
    const done = await items(harness, id) ?? [];
    assertEquals(done.map(({ index, status }) => [index, status]), [
      ...[[0, "created"], [1, "failed"], [2, "failed"], [3, "failed"]],
      ...[[4, "created"], [5, "failed"], [6, "failed"], [7, "created"]],
    ]);
    assertEquals([done[0]?.["paymentRequestId"], done[4]?.["paymentRequestId"]], [own, own]);
    const problems = done.flatMap(({ problem }) => {
      if (problem === undefined) return [];
      const { type, status, invalidParams = [] } = Object(problem);
      return [[type, status, ...invalidParams.map(({ pointer }: { pointer: string }) => pointer)]];
    });
    assertEquals(problems, [
      ["/problems/reference-exists", 409, "/requests/1/reference"],
      ["/problems/invalid-amount", 422, "/requests/2/amount/amount"],
      ["/problems/unknown-account", 422, "/requests/3/payeeAccountId"],
      ["/problems/payment-request-exists", 409],
      ["/problems/invalid-expiry", 422, "/requests/6/expiresAt"],
    ]);
    const list = await send(server, "GET /v1/payment-requests", { as: "bob" });
    assertEquals(list.body.data?.length, 2);
    // Processing it again does nothing.
    await process(harness, id);
    assertEquals([await progress(harness, id), await countRequests(pool)], [["completed", 8, 3, 5], 2n]);
    // The events of its requests have the metadata of the request that caused them.
    const metadata = await pool.writer().query<{ principal: unknown }>(
      "select distinct metadata->>'principal' as principal from events where type = 'payment_request.created'",
    );
    assertEquals(metadata.rows, [{ principal: "bob" }]);
  },
  "an interrupted batch goes on where it ended": async (harness) => {
    const { pool, bob } = harness;
    const id = idOf(await post(harness, Array.from({ length: 5 }, () => terms(bob))));
    const trigger =
      "create trigger stop after update on payment_request_batch_items for each row when (new.place = 3)";
    await pool.writer().query(
      `create function stop_batch() returns trigger language plpgsql as $$ begin raise exception 'stop'; end $$`,
    );
    await pool.writer().query(`${trigger} execute function stop_batch()`);
    await assertRejects(() => process(harness, id));
    assertEquals(await progress(harness, id), ["processing", 5, 2, 0]);
    assertEquals(await countRequests(pool), 2n);
    await pool.writer().query("drop function stop_batch cascade");
    // Two workers, of which one has lost its lease.
    await Promise.all([process(harness, id), process(harness, id)]);
    assertEquals([await progress(harness, id), await countRequests(pool)], [["completed", 5, 5, 0], 5n]);
  },
  "a batch belongs to its caller": async (harness) => {
    const { server, bob } = harness;
    const id = idOf(await post(harness, [terms(bob)]));
    for (const path of [`/v1/payment-request-batches/${id}`, `/v1/payment-request-batches/${id}/items`]) {
      for (const as of ["bob", "bob-reader", "admin"]) {
        assertEquals((await send(server, `GET ${path}`, { as })).status, 200, as);
      }
      const foreign = await send(server, `GET ${path}`, { as: "ada" });
      assertEquals(outcome(foreign), "404 payment-request-batch-not-found");
    }
    // Items are created with the rights of the caller, not those of the worker.
    const stolen = idOf(await post(harness, [terms(bob)], { as: "eve" }));
    await process(harness, stolen);
    const read = await send(server, `GET /v1/payment-request-batches/${stolen}`, { as: "eve" });
    assertEquals([dataOf(read)["created"], dataOf(read)["failed"]], [0, 1]);
    const byAdmin = idOf(await post(harness, [terms(bob)], { as: "admin" }));
    await process(harness, byAdmin);
    assertEquals(
      dataOf(await send(server, `GET /v1/payment-request-batches/${byAdmin}`, { as: "admin" }))["created"],
      1,
    );
  },
  "a repeated batch with a key is one batch": async (harness) => {
    const { pool, bob } = harness;
    const key = crypto.randomUUID();
    const first = await post(harness, [terms(bob)], { key });
    const again = await post(harness, [terms(bob)], { key });
    assertEquals([again.status, again.text, again.headers.get("location")], [
      202,
      first.text,
      first.headers.get("location"),
    ]);
    assertEquals((await pool.writer().query("select from payment_request_batches")).rowCount, 1);
  },
  "a batch has 1 to 500 items of the right form": async (harness) => {
    const { bob } = harness;
    const refusals: readonly (readonly [readonly unknown[], string])[] = [
      [[], "body /requests"],
      [Array.from({ length: 501 }, () => terms(bob)), "body /requests"],
      [[terms(bob), terms(bob, { reference: "a b" })], "body /requests/1/reference"],
      [[terms(bob), { payeeAccountId: bob }], "body /requests/1/amount"],
    ];
    for (const [requests, pointer] of refusals) {
      const refused = await post(harness, requests);
      assertEquals([refused.status, invalidParams(refused).includes(pointer)], [422, true], refused.text);
    }
  },
  "items are paged, in order": async (harness) => {
    const { server, bob } = harness;
    const id = idOf(await post(harness, Array.from({ length: 5 }, () => terms(bob))));
    const path = `GET /v1/payment-request-batches/${id}/items?limit=2`;
    const indexes = ({ body }: PaymentResponse): unknown => body.data?.map(({ index }) => index);
    const first = await send(server, path, { as: "bob" });
    const second = await send(server, `${path}&after=${first.body.meta?.["nextCursor"]}`, { as: "bob" });
    const third = await send(server, `${path}&after=${second.body.meta?.["nextCursor"]}`, { as: "bob" });
    const back = await send(server, `${path}&before=${third.body.meta?.["prevCursor"]}`, { as: "bob" });
    assertEquals([first, second, third, back].map(indexes), [[0, 1], [2, 3], [4], [2, 3]]);
    assertEquals(third.body.meta?.["nextCursor"], undefined);
  },
  "a batch is gone after a week, its requests remain": async (harness) => {
    const { server, pool, bob } = harness;
    const id = idOf(await post(harness, [terms(bob)]));
    await process(harness, id);
    await runJob(pool, "payments.expire_requests");
    assertEquals(await progress(harness, id), ["completed", 1, 1, 0]);
    const { expiresAt, createdAt } = dataOf(
      await send(server, `GET /v1/payment-request-batches/${id}`, { as: "bob" }),
    );
    const week = microsecondsOf(String(expiresAt)) - microsecondsOf(String(createdAt));
    assertEquals(week, 7n * 86_400_000_000n);
    const now = (): string => String(expiresAt);
    await using later = paymentServer(pool, { now, options: [byName] });
    const gone = await send(later, `GET /v1/payment-request-batches/${id}`, { as: "bob" });
    assertEquals(outcome(gone), "404 payment-request-batch-not-found");
    await runJob(pool, "payments.expire_requests", { now });
    const { rowCount } = await pool.writer().query("select from payment_request_batch_items");
    assertEquals([rowCount, await countRequests(pool)], [0, 1n]);
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Batches of payment requests on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyPaymentTables(pool);
        await using server = paymentServer(pool, { options: [byName] });
        const ada = await openAccount(server, "0", { as: "ada" });
        const bob = await openAccount(server, "0", { as: "bob" });
        await run({ pool, server, ada, bob });
      });
    }
  });
}
