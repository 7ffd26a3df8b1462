import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import type { Server } from "@archway/server/server.ts";
import { emptyPaymentTables } from "./testing/empty_payment_tables.ts";
import { findInconsistencies } from "./testing/find_inconsistencies.ts";
import {
  balanceOf,
  byName,
  dataOf,
  idOf,
  invalidParams,
  money,
  openAccount,
  outcome,
  type PaymentRequest,
  type PaymentResponse,
  paymentServer,
  send,
} from "./testing/payment_client.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import { runJob } from "./testing/run_job.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";
const EXPIRES = "2026-11-25T12:00:00Z";

/** Clock that the test sets. */
class Clock {
  #now = microsecondsOf("2026-11-25T10:00:00Z");

  readonly now = (): Timestamp => timestampOf(this.#now += 10n);

  set(time: Timestamp): void {
    this.#now = microsecondsOf(time);
  }
}

interface Harness {
  readonly pool: ConnectionPool;
  readonly server: Server;
  readonly clock: Clock;
  /** Accounts of ada with a balance of 100.00, of bob and of eve with 50.00 each. */
  readonly ada: string;
  readonly bob: string;
  readonly eve: string;
}

function terms(
  payeeAccountId: string,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { payeeAccountId, amount: money("10.00"), expiresAt: EXPIRES, ...changes };
}

async function request(
  { server, bob }: Harness,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<PaymentResponse> {
  const options = { as: "bob", key: crypto.randomUUID(), body: terms(bob, changes) };
  const created = await send(server, "POST /v1/payment-requests", options);
  assertEquals(created.status, 201, created.text);
  return created;
}

function pay(
  { server }: Harness,
  requestId: string,
  { as, payer, tag = '"1"' }: { readonly as: string; readonly payer: string; readonly tag?: string },
): Promise<PaymentResponse> {
  const options = { as, headers: { "If-Match": tag }, body: { payerAccountId: payer } };
  return send(server, `PUT /v1/payment-requests/${requestId}/payment`, options);
}

function get({ server }: Harness, id: string, as = "bob"): Promise<PaymentResponse> {
  return send(server, `GET /v1/payment-requests/${id}`, { as });
}

async function revisionsOf({ server }: Harness, id: string): Promise<readonly unknown[]> {
  const { body } = await send(server, `GET /v1/payment-requests/${id}/revisions`, { as: "bob" });
  return body.data?.map(({ revision, status }) => [revision, status]) ?? [];
}

async function listed({ server }: Harness, query: string, as: string): Promise<readonly unknown[]> {
  const { body } = await send(server, `GET /v1/payment-requests${query}`, { as });
  return body.data?.map(({ id }) => id) ?? [];
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "a request is paid once, by the first account": async (harness) => {
    const { server, pool, ada, bob, eve } = harness;
    const created = await request(harness, { reference: "invoice-1", description: "Lunch" });
    const id = idOf(created);
    const { createdAt, updatedAt, ...rest } = dataOf(created);
    assertEquals(createdAt, updatedAt);
    assertEquals(rest, {
      ...terms(bob),
      ...{ id, payerAccountId: null, reference: "invoice-1", description: "Lunch", status: "created" },
    });
    assertEquals([created.headers.get("location"), created.headers.get("etag")], [
      `/v1/payment-requests/${id}`,
      '"1"',
    ]);
    // Any caller with the id of a request that asks no account can read it.
    assertEquals((await get(harness, id, "ada")).body.data, created.body.data);
    const paid = await pay(harness, id, { as: "ada", payer: ada });
    const payment = idOf(paid);
    assertEquals([paid.status, paid.headers.get("location"), paid.headers.get("etag")], [
      201,
      `/v1/payments/${payment}`,
      '"1"',
    ]);
    const sides = { payerAccountId: ada, payeeAccountId: bob, amount: money("10.00"), description: "Lunch" };
    assertEquals({ ...dataOf(paid), ...sides }, dataOf(paid));
    const read = await get(harness, id);
    const { status, paymentId } = dataOf(read);
    assertEquals([status, paymentId, read.headers.get("etag")], ["paid", payment, '"2"']);
    for (const tag of ['"1"', '"2"', '"7"']) {
      const again = await pay(harness, id, { as: "ada", payer: ada.toUpperCase(), tag });
      assertEquals([again.status, again.body.data, again.headers.get("location")], [
        200,
        paid.body.data,
        null,
      ]);
    }
    assertEquals(outcome(await pay(harness, id, { as: "eve", payer: eve })), "409 payment-request-paid");
    const cancel = { as: "bob", headers: { "If-Match": "*" } };
    const path = `/v1/payment-requests/${id}`;
    assertEquals(outcome(await send(server, `POST ${path}/cancel`, cancel)), "409 payment-request-paid");
    const revision = { ...cancel, body: terms(bob, { amount: money("11.00"), reference: "invoice-1" }) };
    assertEquals(outcome(await send(server, `PUT ${path}`, revision)), "409 payment-request-paid");
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "paid"]]);
    assertEquals([await balanceOf(server, ada, "ada"), await balanceOf(server, bob, "bob")], [
      "90.00",
      "10.00",
    ]);
    assertEquals(await findInconsistencies(pool.writer()), []);
  },
  "a refused payment leaves the request open": async (harness) => {
    const { server, ada, eve } = harness;
    const id = idOf(await request(harness, { amount: money("60.00"), payerAccountId: ada }));
    const yen = await openAccount(server, "0", { as: "ada", currency: "JPY" });
    const refusals: readonly (readonly [string, string, string, string?])[] = [
      ["404 payment-request-not-found", "eve", eve],
      ["422 not-payer", "bob", harness.bob, "body /payerAccountId"],
      ["422 not-payer", "ada", yen, "body /payerAccountId"],
    ];
    for (const [expected, as, payer, ...pointers] of refusals) {
      const refused = await pay(harness, id, { as, payer });
      assertEquals([outcome(refused), ...invalidParams(refused)], [expected, ...pointers]);
    }
    const open = idOf(await request(harness, { amount: money("60.00") }));
    const others: readonly (readonly [string, string, string, string?])[] = [
      ["422 unknown-account", "eve", ada, "body /payerAccountId"],
      ["422 unknown-account", "eve", MISSING, "body /payerAccountId"],
      ["422 currency-mismatch", "ada", yen, "body /payerAccountId"],
      ["422 same-account", "bob", harness.bob],
      ["422 insufficient-funds", "eve", eve],
    ];
    for (const [expected, as, payer, ...pointers] of others) {
      const refused = await pay(harness, open, { as, payer });
      assertEquals([outcome(refused), ...invalidParams(refused)], [expected, ...pointers]);
    }
    const none = await send(server, `PUT /v1/payment-requests/${open}/payment`, {
      as: "ada",
      body: { payerAccountId: ada },
    });
    assertEquals(none.status, 428);
    assertEquals(await revisionsOf(harness, open), [[1, "created"]]);
    assertEquals((await pay(harness, open, { as: "ada", payer: ada })).status, 201);
  },
  "PUT creates a request once, and revises it with If-Match only": async (harness) => {
    const { server, bob, ada } = harness;
    const id = crypto.randomUUID();
    const put = (body: unknown, options: PaymentRequest = {}): Promise<PaymentResponse> =>
      send(server, `PUT /v1/payment-requests/${id}`, { as: "bob", body, ...options });
    const first = terms(bob, { reference: "invoice-2" });
    assertEquals(
      outcome(await put(first, { headers: { "If-Match": "*" } })),
      "404 payment-request-not-found",
    );
    const created = await put(first, { headers: { "If-None-Match": "*" } });
    assertEquals([created.status, created.headers.get("etag"), idOf(created)], [201, '"1"', id]);
    const strict = await put(first, { headers: { "If-None-Match": "*" } });
    assertEquals([outcome(strict), strict.headers.get("etag")], ["412 payment-request-changed", '"1"']);
    const again = await put(first);
    assertEquals([again.status, again.body.data, again.headers.get("location")], [
      200,
      created.body.data,
      null,
    ]);
    const second = terms(bob, { reference: "invoice-2", amount: money("12.00"), payerAccountId: ada });
    assertEquals(outcome(await put(second)), "409 payment-request-exists");
    const stale = await put(second, { headers: { "If-Match": '"3"' } });
    assertEquals([outcome(stale), stale.headers.get("etag")], ["412 payment-request-changed", '"1"']);
    const revised = await put(second, { headers: { "If-Match": '"1"' } });
    assertEquals([revised.status, revised.headers.get("etag")], [200, '"2"']);
    assertEquals({ ...dataOf(revised), ...second }, dataOf(revised));
    // No difference, no revision.
    const same = await put(second, { headers: { "If-Match": '"2"' } });
    assertEquals([same.status, same.headers.get("etag"), same.body.data], [200, '"2"', revised.body.data]);
    const other = terms(ada, { reference: "invoice-3" });
    const moved = await put(other, { headers: { "If-Match": "*" } });
    assertEquals([outcome(moved), ...invalidParams(moved)], [
      "422 immutable-property",
      "body /payeeAccountId",
      "body /reference",
    ]);
    for (const headers of [{ "If-None-Match": '"1"' }, { "If-None-Match": "*", "If-Match": "*" }]) {
      assertEquals(invalidParams(await put(second, { headers })), ["header If-None-Match"]);
    }
    assertEquals((await put(second, { headers: { "If-Match": "1" } })).status, 400);
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "created"]]);
    // The payer has read the first revision.
    const outdated = await pay(harness, id, { as: "ada", payer: ada });
    assertEquals([outcome(outdated), outdated.headers.get("etag")], ["412 payment-request-changed", '"2"']);
    assertEquals((await pay(harness, id, { as: "ada", payer: ada, tag: '"2"' })).status, 201);
    assertEquals(await balanceOf(server, bob, "bob"), "12.00");
  },
  "an expired request is gone, before and after that is recorded": async (harness) => {
    const { server, pool, clock, ada, bob } = harness;
    const id = idOf(await request(harness, { payerAccountId: ada }));
    const other = idOf(await request(harness, { expiresAt: "2026-11-25T13:00:00Z" }));
    const before = await get(harness, id);
    clock.set("2026-11-25T11:59:59.9Z");
    assertEquals(dataOf(await get(harness, id))["status"], "created");
    const filtered = async (status: string): Promise<readonly unknown[]> =>
      await listed(harness, `?status=${status}`, "bob");
    assertEquals([await filtered("created"), await filtered("expired")], [[other, id], []]);
    clock.set(EXPIRES);
    const expired = await get(harness, id);
    assertEquals({ ...dataOf(before), status: "expired", updatedAt: EXPIRES }, dataOf(expired));
    assertNotEquals(expired.headers.get("etag"), before.headers.get("etag"));
    const isGone = async (): Promise<void> => {
      const gone = "410 payment-request-expired";
      for (const tag of ['"1"', '"2"', "*"]) {
        assertEquals(outcome(await pay(harness, id, { as: "ada", payer: ada, tag })), gone);
        const options = { as: "bob", headers: { "If-Match": tag } };
        assertEquals(outcome(await send(server, `POST /v1/payment-requests/${id}/cancel`, options)), gone);
        const revision = { ...options, body: terms(bob, { expiresAt: "2026-11-26T12:00:00Z" }) };
        assertEquals(outcome(await send(server, `PUT /v1/payment-requests/${id}`, revision)), gone);
      }
      assertEquals([await filtered("created"), await filtered("expired")], [[other], [id]]);
    };
    await isGone();
    assertEquals(await revisionsOf(harness, id), [[1, "created"]]);
    for (let run = 0; run < 2; run++) await runJob(pool, "payments.expire_requests", { now: clock.now });
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "expired"]]);
    assertEquals(await revisionsOf(harness, other), [[1, "created"]]);
    const recorded = await get(harness, id);
    assertEquals([recorded.body.data, recorded.headers.get("etag")], [expired.body.data, '"2"']);
    await isGone();
    assertEquals(await findInconsistencies(pool.writer()), []);
  },
  "expiries are in the future": async ({ server, bob }) => {
    for (const expiresAt of ["2026-11-25T10:00:00Z", "2027-11-26T12:00:00Z", "2026-11-25T23:59:60Z"]) {
      const refused = await send(server, "POST /v1/payment-requests", {
        ...{ as: "bob", key: crypto.randomUUID(), body: terms(bob, { expiresAt }) },
      });
      assertEquals([refused.status, ...invalidParams(refused)], [422, "body /expiresAt"], expiresAt);
    }
  },
  "a cancelled request stays cancelled": async (harness) => {
    const { server, ada, bob } = harness;
    const id = idOf(await request(harness));
    const path = `POST /v1/payment-requests/${id}/cancel`;
    assertEquals((await send(server, path, { as: "bob" })).status, 428);
    const stale = await send(server, path, { as: "bob", headers: { "If-Match": '"2"' } });
    assertEquals(outcome(stale), "412 payment-request-changed");
    const cancelled = await send(server, path, { as: "bob", headers: { "If-Match": '"1"' } });
    assertEquals([cancelled.status, dataOf(cancelled)["status"], cancelled.headers.get("etag")], [
      200,
      "cancelled",
      '"2"',
    ]);
    const again = await send(server, path, { as: "bob", headers: { "If-Match": '"1"' } });
    assertEquals([again.status, again.body.data], [200, cancelled.body.data]);
    assertEquals(
      outcome(await pay(harness, id, { as: "ada", payer: ada, tag: "*" })),
      "409 payment-request-cancelled",
    );
    const revision = { as: "bob", headers: { "If-Match": "*" }, body: terms(bob) };
    assertEquals(
      outcome(await send(server, `PUT /v1/payment-requests/${id}`, revision)),
      "409 payment-request-cancelled",
    );
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "cancelled"]]);
  },
  "a reference is unique among the requests of an owner": async (harness) => {
    const { server, ada, bob } = harness;
    const id = idOf(await request(harness, { reference: "invoice-5" }));
    const second = await openAccount(server, "0", { as: "bob" });
    for (const payee of [bob, second]) {
      const options = { as: "bob", key: crypto.randomUUID(), body: terms(payee, { reference: "invoice-5" }) };
      const refused = await send(server, "POST /v1/payment-requests", options);
      assertEquals([outcome(refused), ...invalidParams(refused)], [
        "409 reference-exists",
        "body /reference",
      ]);
      assert(refused.text.includes(id), refused.text);
    }
    const body = terms(ada, { reference: "invoice-5" });
    const others = await send(server, "POST /v1/payment-requests", { as: "ada", key: "a", body });
    assertEquals(others.status, 201);
    assertEquals(await listed(harness, "?reference=invoice-5", "bob"), [id]);
    assertEquals(await listed(harness, "?reference=invoice-5", "ada"), [idOf(others)]);
    // A refusal takes no reference.
    const closed = { ...terms(MISSING), reference: "invoice-6" };
    const options = { as: "bob", key: crypto.randomUUID(), body: closed };
    assertEquals(outcome(await send(server, "POST /v1/payment-requests", options)), "422 unknown-account");
    await request(harness, { reference: "invoice-6" });
  },
  "payees and payers see their requests only": async (harness) => {
    const { server, ada, bob, eve } = harness;
    const asked = idOf(await request(harness, { payerAccountId: ada }));
    const open = idOf(await request(harness));
    assertEquals(await listed(harness, "", "bob"), [open, asked]);
    assertEquals(await listed(harness, "", "ada"), [asked]);
    assertEquals(await listed(harness, `?accountId=${bob}`, "ada"), []);
    assertEquals(await listed(harness, "", "eve"), []);
    assertEquals(await listed(harness, "", "admin"), [open, asked]);
    assertEquals((await get(harness, asked, "ada")).status, 200);
    for (const path of [`/v1/payment-requests/${asked}`, `/v1/payment-requests/${asked}/revisions`]) {
      assertEquals(
        outcome(await send(server, `GET ${path}`, { as: "eve" })),
        "404 payment-request-not-found",
      );
    }
    assertEquals((await get(harness, open, "eve")).status, 200);
    for (
      const [id, as, expected] of [[asked, "ada", "422 not-payee"], [open, "eve", "422 not-payee"]] as const
    ) {
      const headers = { "If-Match": "*" };
      assertEquals(
        outcome(await send(server, `POST /v1/payment-requests/${id}/cancel`, { as, headers })),
        expected,
      );
      const revision = { as, headers, body: terms(bob, { amount: money("0.01") }) };
      assertEquals(outcome(await send(server, `PUT /v1/payment-requests/${id}`, revision)), expected);
    }
    // The id of another owner's request.
    for (
      const [id, expected] of [[asked, "404 payment-request-not-found"], [open, "409 payment-request-exists"]]
    ) {
      const put = await send(server, `PUT /v1/payment-requests/${id}`, { as: "eve", body: terms(eve) });
      assertEquals(outcome(put), expected);
    }
    // Only owners of the payee's account request payments.
    const foreign = { as: "eve", key: crypto.randomUUID(), body: terms(bob) };
    const refused = await send(server, "POST /v1/payment-requests", foreign);
    assertEquals([outcome(refused), ...invalidParams(refused)], [
      "422 unknown-account",
      "body /payeeAccountId",
    ]);
    const as = "bob-reader";
    assertEquals((await send(server, "POST /v1/payment-requests", { ...foreign, as })).status, 403);
    assertEquals((await pay(harness, open, { as, payer: ada })).status, 403);
    assertEquals((await get(harness, open, as)).status, 200);
  },
  "lists and revisions are paged": async (harness) => {
    const made: string[] = [];
    for (let count = 0; count < 3; count++) made.unshift(idOf(await request(harness)));
    const first = await send(harness.server, "GET /v1/payment-requests?limit=2", { as: "bob" });
    const next = await listed(harness, `?limit=2&after=${first.body.meta?.["nextCursor"]}`, "bob");
    assertEquals([...first.body.data?.map(({ id }) => id) ?? [], ...next], made);
    const [id = ""] = made;
    for (const [index, amount] of ["11.00", "12.00"].entries()) {
      await send(harness.server, `PUT /v1/payment-requests/${id}`, {
        ...{ as: "bob", headers: { "If-Match": `"${index + 1}"` } },
        body: terms(harness.bob, { amount: money(amount) }),
      });
    }
    const path = `GET /v1/payment-requests/${id}/revisions?limit=2`;
    const page = await send(harness.server, path, { as: "bob" });
    const rest = await send(harness.server, `${path}&after=${page.body.meta?.["nextCursor"]}`, { as: "bob" });
    const amounts = [page, rest].map(({ body }) => body.data?.map(({ amount }) => amount));
    assertEquals(amounts, [[money("10.00"), money("11.00")], [money("12.00")]]);
  },
  "a repeated creation with a key is one request": async (harness) => {
    const options = {
      as: "bob",
      key: crypto.randomUUID(),
      body: terms(harness.bob, { reference: "invoice-9" }),
    };
    const first = await send(harness.server, "POST /v1/payment-requests", options);
    const again = await send(harness.server, "POST /v1/payment-requests", options);
    assertEquals([again.status, again.text], [201, first.text]);
    assertEquals(await listed(harness, "", "bob"), [idOf(first)]);
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment requests on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyPaymentTables(pool);
        const clock = new Clock();
        await using server = paymentServer(pool, { now: clock.now, options: [byName] });
        const [ada, bob, eve] = [
          await openAccount(server, "100.00", { as: "ada" }),
          await openAccount(server, "0", { as: "bob" }),
          await openAccount(server, "50.00", { as: "eve" }),
        ];
        await run({ pool, server, clock, ada, bob, eve });
      });
    }
  });
}
