import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import {
  dataOf,
  idOf,
  invalidParams,
  money,
  openAccount,
  outcome,
  paymentServer,
  send,
} from "./testing/payment_client.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

interface Harness {
  readonly server: Server;
  readonly pool: ConnectionPool;
  readonly payer: string;
  readonly payee: string;
}

/** Returns the number of rows in all tables. */
async function written(pool: ConnectionPool): Promise<unknown> {
  const tables = ["events", "outbox", "accounts", "payments", "refunds", "entries"];
  const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`);
  const { rows } = await pool.writer().query(
    `select ${counts.join(", ")}, (select sum(version) from accounts) as versions`,
  );
  return rows[0];
}

/** Sends a payment with invalid members by POST and PUT, and returns the problem that both report. */
async function refused(
  { server, pool, payer, payee }: Harness,
  wrong: Readonly<Record<string, unknown>>,
): Promise<string> {
  const before = await written(pool);
  const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00"), ...wrong };
  const post = await send(server, "POST /v1/payments", { key: crypto.randomUUID(), body });
  const put = await send(server, `PUT /v1/payments/${crypto.randomUUID()}`, { body });
  assertEquals([outcome(put), invalidParams(put)], [outcome(post), invalidParams(post)]);
  assertEquals(await written(pool), before);
  return [outcome(post), ...invalidParams(post)].join(", ");
}

const AMOUNT = "422 invalid-amount, body /amount/amount";
const CURRENCY = "422 unknown-currency, body /amount/currency";

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "an amount has the decimal places of its currency": async (harness) => {
    for (
      const amount of [
        "1e3",
        "12.345",
        "12.3",
        "12",
        "-1",
        "-1.00",
        "0",
        "0.00",
        "01.00",
        "+1.00",
        " 1.00",
        "1,00",
        "١٢.٣٤",
        "१.००",
        "NaN",
        "10000000000000.01",
        "9".repeat(64),
      ]
    ) {
      assertEquals(await refused(harness, { amount: money(amount) }), AMOUNT, amount);
    }
    for (const amount of ["1.0", "1000000000000001", "0"]) {
      assertEquals(await refused(harness, { amount: money(amount, "JPY") }), AMOUNT, amount);
    }
  },
  "an amount is a string": async (harness) => {
    for (const amount of [1, 1.5, null, true, {}, [], "", "9".repeat(65)]) {
      const said = await refused(harness, { amount: { amount, currency: "BRL" } });
      assertEquals(said, "422 invalid-content, body /amount/amount", JSON.stringify(amount));
    }
    assertEquals(await refused(harness, { amount: "1.00" }), "422 invalid-content, body /amount");
    assertEquals(
      await refused(harness, { amount: { amount: "1.00" } }),
      "422 invalid-content, body /amount/currency",
    );
  },
  "a currency is an ISO 4217 code": async (harness) => {
    for (const currency of ["XXX", "XAU", "brl", "B", "BRLX", "ＢＲＬ", "R$"]) {
      assertEquals(await refused(harness, { amount: money("1.00", currency) }), CURRENCY, currency);
    }
    const { server } = harness;
    const profileId = idOf(await send(server, "POST /v1/profiles", { body: { name: "Ada" } }));
    const opened = await send(server, "POST /v1/accounts", { body: { profileId, currency: "XXX" } });
    assertEquals([outcome(opened), ...invalidParams(opened)], ["422 unknown-currency", "body /currency"]);
  },
  "the amount is in the currency of both accounts": async (harness) => {
    const yen = await openAccount(harness.server, "100", { currency: "JPY" });
    const mismatch = "422 currency-mismatch, body /amount/currency";
    assertEquals(await refused(harness, { amount: money("1", "JPY") }), mismatch);
    assertEquals(await refused(harness, { payeeAccountId: yen }), mismatch);
    assertEquals(await refused(harness, { payerAccountId: yen }), mismatch);
    const deposit = await send(harness.server, `POST /v1/accounts/${yen}/deposits`, {
      key: "a",
      body: { amount: money("1.00") },
    });
    assertEquals([outcome(deposit), ...invalidParams(deposit)], [
      "422 currency-mismatch",
      "body /amount/currency",
    ]);
  },
  "payer and payee are two existing accounts": async (harness) => {
    const { payer, payee } = harness;
    for (const same of [payer, payer.toUpperCase()]) {
      assertEquals(await refused(harness, { payeeAccountId: same }), "422 same-account");
    }
    assertEquals(
      await refused(harness, { payerAccountId: MISSING }),
      "422 unknown-account, body /payerAccountId",
    );
    assertEquals(
      await refused(harness, {
        payerAccountId: payee.replace(/.$/, "0").replace(/^../, "ff"),
        payeeAccountId: MISSING,
      }),
      "422 unknown-account, body /payerAccountId, body /payeeAccountId",
    );
    for (const id of ["", "x", `{${payer}}`, `urn:uuid:${payer}`, null, 1]) {
      assertEquals(
        await refused(harness, { payeeAccountId: id }),
        "422 invalid-content, body /payeeAccountId",
        String(id),
      );
    }
  },
  "a settlement account is used by deposits only": async (harness) => {
    const { body } = await send(harness.server, "GET /v1/accounts?limit=200");
    const id = body.data?.find(({ kind, currency }) => kind === "settlement" && currency === "BRL")?.["id"];
    assertEquals(await refused(harness, { payerAccountId: id }), "422 unknown-account, body /payerAccountId");
    assertEquals(await refused(harness, { payeeAccountId: id }), "422 unknown-account, body /payeeAccountId");
    const deposit = await send(harness.server, `POST /v1/accounts/${id}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("1.00") },
    });
    assertEquals(outcome(deposit), "404 account-not-found");
    const closing = await send(harness.server, `POST /v1/accounts/${id}/close`, {
      headers: { "If-Match": "*" },
    });
    assertEquals(outcome(closing), "404 account-not-found");
  },
  "accounts of a deleted profile neither send nor receive money": async (harness) => {
    const { server } = harness;
    const deleted = await openAccount(server, "10.00");
    const { profileId } = dataOf(await send(server, `GET /v1/accounts/${deleted}`));
    const paid = await send(server, `PUT /v1/payments/${crypto.randomUUID()}`, {
      body: { payerAccountId: harness.payer, payeeAccountId: deleted, amount: money("1.00") },
    });
    await send(server, `DELETE /v1/profiles/${profileId}`, { headers: { "If-Match": "*" } });
    assertEquals(
      await refused(harness, { payerAccountId: deleted }),
      "422 profile-deleted, body /payerAccountId",
    );
    assertEquals(
      await refused(harness, { payeeAccountId: deleted }),
      "422 profile-deleted, body /payeeAccountId",
    );
    const deposit = await send(server, `POST /v1/accounts/${deleted}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("1.00") },
    });
    const refund = await send(server, `PUT /v1/payments/${idOf(paid)}/refunds/${MISSING}`, {
      body: { amount: money("1.00") },
    });
    assertEquals([outcome(deposit), outcome(refund)], ["422 profile-deleted", "422 profile-deleted"]);
    assertEquals((await send(server, `GET /v1/accounts/${deleted}`)).status, 200);
    const opening = await send(server, "POST /v1/accounts", { body: { profileId, currency: "JPY" } });
    assertEquals([outcome(opening), ...invalidParams(opening)], ["422 unknown-profile", "body /profileId"]);
    const unknown = await send(server, "POST /v1/accounts", {
      body: { profileId: MISSING, currency: "JPY" },
    });
    assertEquals([outcome(unknown), ...invalidParams(unknown)], ["422 unknown-profile", "body /profileId"]);
  },
  "a description has at most 140 characters": async (harness) => {
    const said = "422 invalid-content, body /description";
    for (const description of ["a".repeat(141), "😀".repeat(141), 1, "\u0000"]) {
      assertEquals(await refused(harness, { description }), said, String(description).slice(0, 9));
    }
    const { server, payer, payee } = harness;
    // Each is two characters in normalization form C.
    assertEquals(
      await refused(harness, { description: "\u{1d15e}".repeat(140) }),
      "422 invalid-description, body /description",
    );
    for (const description of ["😀".repeat(140), "", null]) {
      const { status, body } = await send(server, "POST /v1/payments", {
        key: crypto.randomUUID(),
        body: { payerAccountId: payer, payeeAccountId: payee, amount: money("0.01"), description },
      });
      assertEquals([status, body.data?.["description"]], [201, description]);
    }
  },
  "unknown members are rejected": async (harness) => {
    assertEquals(await refused(harness, { status: "settled" }), "422 invalid-content, body /status");
    assertEquals(
      await refused(harness, { amount: { ...money("1.00"), exponent: 2 } }),
      "422 invalid-content, body /amount/exponent",
    );
  },
  "a key has 1 to 255 characters, and a validation error does not use it up": async (
    { server, payer, payee },
  ) => {
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("0.01") };
    for (const key of ["a".repeat(256), `"${"a".repeat(256)}"`, '""', "a b", "ä"]) {
      const response = await send(server, "POST /v1/payments", { key, body });
      assertEquals(
        [outcome(response), ...invalidParams(response)],
        ["400 malformed-request", "header Idempotency-Key"],
        key,
      );
    }
    const none = await send(server, "POST /v1/payments", { body });
    assertEquals([outcome(none), ...invalidParams(none)], [
      "400 malformed-request",
      "header Idempotency-Key",
    ]);
    for (
      const wrong of [{ amount: money("1e3") }, { amount: money("1.00", "XXX") }, { payeeAccountId: payer }]
    ) {
      const response = await send(server, "POST /v1/payments", {
        key: "a".repeat(255),
        body: { ...body, ...wrong },
      });
      assertEquals(response.status, 422);
    }
    assertEquals((await send(server, "POST /v1/payments", { key: "a".repeat(255), body })).status, 201);
  },
  "an expired key is rejected without changes": async ({ pool, payer, payee }) => {
    let now: Timestamp = "2026-11-25T10:00:00Z";
    await using server = paymentServer(pool, { now: () => now });
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("0.01") };
    const key = crypto.randomUUID();
    assertEquals((await send(server, "POST /v1/payments", { key, body })).status, 201);
    now = "2026-11-25T11:00:00Z";
    const before = await written(pool);
    assertEquals(
      outcome(await send(server, "POST /v1/payments", { key, body })),
      "422 idempotency-key-expired",
    );
    assertEquals(await written(pool), before);
  },
  "invalid list parameters are rejected": async ({ server, payer }) => {
    const entries = `/v1/accounts/${payer}/entries`;
    const { body } = await send(server, `GET ${entries}?limit=1`);
    const cursor = body.meta?.["nextCursor"] ?? "none";
    const requests: readonly (readonly [string, string])[] = [
      [`${entries}?after=x`, "400 invalid-page, query after"],
      [`${entries}?before=${cursor}`, "400 invalid-page, query before"],
      [`${entries}?after=${cursor}&before=${cursor}`, "400 invalid-page, query before"],
      [`${entries}?after=${cursor}&from=2026-01-01T00:00:00Z`, "400 invalid-page, query after"],
      [`/v1/payments?after=${cursor}`, "400 invalid-page, query after"],
      [`${entries}?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, "400 invalid-page, query to"],
      [`${entries}?from=yesterday`, "400 malformed-request, query from"],
      [`${entries}?from=2016-12-31T23:59:60Z`, "400 malformed-request, query from"],
      [`/v1/payments?status=lost`, "400 malformed-request, query status"],
      [`/v1/payments?accountId=1`, "400 malformed-request, query accountId"],
      [`/v1/payments?limit=0`, "400 malformed-request, query limit"],
      [`/v1/payments?limit=201`, "400 malformed-request, query limit"],
    ];
    for (const [path, expected] of requests) {
      const response = await send(server, `GET ${path}`);
      assertEquals([outcome(response), ...invalidParams(response)].join(", "), expected, path);
    }
    for (const from of ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-23:59"]) {
      assertEquals((await send(server, `GET ${entries}?from=${from}`)).status, 200, from);
    }
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Invalid payments on ${name}`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    const payer = await openAccount(server, "100.00");
    const payee = await openAccount(server, "1.00");
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, () => run({ server, pool: database.pool, payer, payee }));
    }
  });
}
