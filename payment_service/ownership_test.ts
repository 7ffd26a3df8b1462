import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import { emptyPaymentTables } from "./testing/empty_payment_tables.ts";
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

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

interface Harness {
  readonly server: Server;
  /** Ada's account, with a balance. */
  readonly ada: string;
  /** Bob's account. */
  readonly bob: string;
  /** Payment from Ada to Bob. */
  readonly payment: string;
}

function body(payerAccountId: string, payeeAccountId: string): PaymentRequest {
  return {
    key: crypto.randomUUID(),
    body: { payerAccountId, payeeAccountId, amount: money("1.00") },
  };
}

/** Returns the parts of a response that could distinguish a missing resource from another owner's. */
function distinguishable({ status, body }: PaymentResponse): unknown {
  const { instance: _, requestId: __, ...rest } = { ...body } as Readonly<Record<string, unknown>>;
  return [status, rest];
}

function ids({ body }: PaymentResponse): readonly unknown[] {
  return body.data?.map(({ id }) => id) ?? [];
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "an account exists for its profile's owner and for admins only": async ({ server, ada }) => {
    const requests = (id: string): readonly (readonly [string, PaymentRequest])[] => [
      [`GET /v1/accounts/${id}`, {}],
      [`GET /v1/accounts/${id}/entries`, {}],
      [`POST /v1/accounts/${id}/close`, { headers: { "If-Match": "*" } }],
      [`POST /v1/accounts/${id}/deposits`, { key: crypto.randomUUID(), body: { amount: money("1.00") } }],
    ];
    const missing = requests(MISSING);
    for (const [index, [line, request]] of requests(ada).entries()) {
      const [other = "", sent = {}] = missing[index] ?? [];
      const refused = await send(server, line, { ...request, as: "bob" });
      assertEquals(
        distinguishable(refused),
        distinguishable(await send(server, other, { ...sent, as: "bob" })),
        line,
      );
      assertEquals(refused.status, 404, line);
    }
    for (const as of ["ada", "admin"]) {
      assertEquals((await send(server, `GET /v1/accounts/${ada}`, { as })).status, 200);
    }
    assertEquals(await balanceOf(server, ada, "ada"), "99.00");
  },
  "a payment exists for payer, payee and admins only": async ({ server, payment }) => {
    const paths = ["", "/events", "/refunds"].map((rest) => `GET /v1/payments/${payment}${rest}`);
    for (const path of paths) {
      for (const as of ["ada", "bob", "admin"]) {
        assertEquals((await send(server, path, { as })).status, 200, as);
      }
      const refused = await send(server, path, { as: "eve" });
      assertEquals(outcome(refused), "404 payment-not-found");
      assertEquals(
        distinguishable(refused),
        distinguishable(await send(server, path.replace(payment, MISSING), { as: "eve" })),
      );
    }
  },
  "lists include the caller's accounts and payments only": async ({ server, ada, bob, payment }) => {
    assertEquals(ids(await send(server, "GET /v1/accounts", { as: "ada" })), [ada]);
    assertEquals(ids(await send(server, "GET /v1/accounts", { as: "eve" })), []);
    assertEquals(ids(await send(server, "GET /v1/accounts", { as: "admin" })).length, 3);
    for (const as of ["ada", "bob", "admin"]) {
      assertEquals(ids(await send(server, "GET /v1/payments", { as })), [payment], as);
    }
    assertEquals(ids(await send(server, "GET /v1/payments", { as: "eve" })), []);
    assertEquals(ids(await send(server, `GET /v1/payments?accountId=${bob}`, { as: "ada" })), []);
    assertEquals(ids(await send(server, `GET /v1/payments?accountId=${bob}`, { as: "bob" })), [payment]);
    const { profileId } = dataOf(await send(server, `GET /v1/accounts/${ada}`, { as: "ada" }));
    assertEquals(ids(await send(server, `GET /v1/accounts?profileId=${profileId}`, { as: "bob" })), []);
  },
  "a payment between two accounts of one owner is listed once": async ({ server, ada, payment }) => {
    const second = await openAccount(server, "0", { as: "ada" });
    const own = idOf(await send(server, "POST /v1/payments", { ...body(ada, second), as: "ada" }));
    assertEquals(ids(await send(server, "GET /v1/payments", { as: "ada" })), [own, payment]);
    const first = await send(server, "GET /v1/payments?limit=1", { as: "ada" });
    const next = `GET /v1/payments?limit=1&after=${first.body.meta?.["nextCursor"]}`;
    assertEquals(ids(await send(server, next, { as: "ada" })), [payment]);
    for (const as of ["bob", "admin"]) {
      const foreign = await send(server, next, { as });
      assertEquals([outcome(foreign), ...invalidParams(foreign)], ["400 invalid-page", "query after"], as);
    }
  },
  "callers cannot pay from accounts of other owners": async ({ server, ada, bob }) => {
    for (const as of ["bob", "eve"]) {
      const refused = await send(server, "POST /v1/payments", { ...body(ada, bob), as });
      assertEquals([outcome(refused), ...invalidParams(refused)], [
        "422 unknown-account",
        "body /payerAccountId",
      ]);
      assertEquals(
        distinguishable(refused),
        distinguishable(await send(server, "POST /v1/payments", { ...body(MISSING, bob), as })),
      );
      const put = await send(server, `PUT /v1/payments/${crypto.randomUUID()}`, { ...body(ada, bob), as });
      assertEquals(outcome(put), "422 unknown-account");
    }
    assertEquals(await balanceOf(server, ada, "ada"), "99.00");
    assertEquals((await send(server, "POST /v1/payments", { ...body(ada, bob), as: "admin" })).status, 201);
  },
  "only the payee refunds a payment": async ({ server, payment }) => {
    const path = `PUT /v1/payments/${payment}/refunds/${crypto.randomUUID()}`;
    const refund = { body: { amount: money("1.00") } };
    assertEquals(outcome(await send(server, path, { ...refund, as: "eve" })), "404 payment-not-found");
    assertEquals(outcome(await send(server, path, { ...refund, as: "ada" })), "422 not-payee");
    assertEquals((await send(server, path, { ...refund, as: "bob" })).status, 201);
    assertEquals((await send(server, path.replace("PUT", "GET"), { as: "ada" })).status, 200);
    assertEquals(
      outcome(await send(server, path.replace("PUT", "GET"), { as: "eve" })),
      "404 payment-not-found",
    );
  },
  "only the profile's owner opens an account": async ({ server, ada }) => {
    const { profileId } = dataOf(await send(server, `GET /v1/accounts/${ada}`, { as: "ada" }));
    const open = { body: { profileId, currency: "JPY" } };
    const refused = await send(server, "POST /v1/accounts", { ...open, as: "bob" });
    assertEquals([outcome(refused), ...invalidParams(refused)], ["422 unknown-profile", "body /profileId"]);
    const missing = { body: { profileId: MISSING, currency: "JPY" }, as: "bob" };
    assertEquals(distinguishable(refused), distinguishable(await send(server, "POST /v1/accounts", missing)));
    assertEquals((await send(server, "POST /v1/accounts", { ...open, as: "ada" })).status, 201);
  },
  "an id of another owner's payment does not exist for others": async ({ server, payment, ada, bob }) => {
    const eve = await openAccount(server, "5.00", { as: "eve" });
    const other = await send(server, `PUT /v1/payments/${payment}`, { ...body(eve, bob), as: "eve" });
    const read = await send(server, `GET /v1/payments/${MISSING}`, { as: "eve" });
    assertEquals(distinguishable(other), distinguishable(read));
    assertEquals(outcome(other), "404 payment-not-found");
    // Callers who cannot pay cannot probe for existing ids.
    for (const id of [payment, MISSING]) {
      const same = await send(server, `PUT /v1/payments/${id}`, { ...body(ada, bob), as: "eve" });
      assertEquals(outcome(same), "422 unknown-account");
    }
  },
  "keys of different callers are independent": async ({ server, ada, bob }) => {
    await openAccount(server, "1.00", { as: "bob" });
    const key = crypto.randomUUID();
    const mine = await send(server, "POST /v1/payments", { ...body(ada, bob), key, as: "ada" });
    const theirs = await send(server, "POST /v1/payments", { ...body(ada, bob), key, as: "eve" });
    assertEquals([mine.status, theirs.status, theirs.headers.get("idempotency-replayed")], [201, 422, null]);
  },
  "lists of different callers have different ETags": async ({ server }) => {
    const mine = await send(server, "GET /v1/accounts", { as: "ada" });
    const headers = { "If-None-Match": mine.headers.get("etag") ?? "" };
    assertEquals((await send(server, "GET /v1/accounts", { headers, as: "ada" })).status, 304);
    assertNotEquals((await send(server, "GET /v1/accounts", { headers, as: "bob" })).status, 304);
  },
  "operations require their scopes": async ({ server, ada, bob, payment }) => {
    for (const path of [`/v1/accounts/${ada}`, "/v1/accounts", `/v1/payments/${payment}`, "/v1/payments"]) {
      assertEquals((await send(server, `GET ${path}`, { as: "ada-reader" })).status, 200, path);
      assertEquals((await send(server, `GET ${path}`)).status, 401, path);
    }
    const writes: readonly (readonly [string, PaymentRequest])[] = [
      ["POST /v1/payments", body(ada, bob)],
      [`PUT /v1/payments/${MISSING}`, body(ada, bob)],
      [`PUT /v1/payments/${payment}/refunds/${MISSING}`, { body: { amount: money("1.00") } }],
      [`POST /v1/accounts/${ada}/deposits`, { key: "a", body: { amount: money("1.00") } }],
      ["POST /v1/accounts", { body: { profileId: MISSING, currency: "BRL" } }],
      [`POST /v1/accounts/${ada}/close`, { headers: { "If-Match": "*" } }],
    ];
    for (const [line, request] of writes) {
      assertEquals((await send(server, line, { ...request, as: "ada-reader" })).status, 403, line);
    }
  },
  "deposits require a scope of their own": async ({ server, ada, bob }) => {
    assertEquals(
      (await send(server, "POST /v1/payments", { ...body(ada, bob), as: "ada-payer" })).status,
      201,
    );
    const deposit = { key: crypto.randomUUID(), body: { amount: money("1.00") }, as: "ada-payer" };
    const refused = await send(server, `POST /v1/accounts/${ada}/deposits`, deposit);
    assertEquals(refused.status, 403);
    assertStringIncludes(refused.headers.get("www-authenticate") ?? "", 'scope="payments:deposit"');
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Ownership of payments on ${name}`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool, { options: [byName] });
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyPaymentTables(database.pool);
        const ada = await openAccount(server, "100.00", { as: "ada" });
        const bob = await openAccount(server, "0", { as: "bob" });
        const payment = idOf(await send(server, "POST /v1/payments", { ...body(ada, bob), as: "ada" }));
        await run({ server, ada, bob, payment });
      });
    }
  });
}
