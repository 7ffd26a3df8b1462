import { assertEquals } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { balanceOf, dataOf, idOf, money, openAccount, outcome, send } from "../payment_client.ts";
import { ids, MISSING, pair, pay, type PaymentCases } from "./payment_harness.ts";

/** Accounts, their statements, and resources that are missing. */
export const ACCOUNT_CASES: PaymentCases = {
  "a profile has one open account per currency": async (server) => {
    const profileId = idOf(await send(server, "POST /v1/profiles", { body: { name: "Ada" } }));
    const spelt = { profileId: profileId.toUpperCase(), currency: "BRL" };
    const opened = await send(server, "POST /v1/accounts", { body: spelt });
    const { id, createdAt, updatedAt, ...rest } = dataOf(opened);
    assertEquals(rest, {
      kind: "customer",
      profileId,
      currency: "BRL",
      status: "open",
      balance: money("0.00"),
    });
    assertEquals(createdAt, updatedAt);
    assertEquals([opened.headers.get("location"), opened.headers.get("etag")], [`/v1/accounts/${id}`, '"1"']);
    const again = await send(server, "POST /v1/accounts", { body: { profileId, currency: "BRL" } });
    assertEquals(outcome(again), "409 account-exists");
    assertEquals(
      (await send(server, "POST /v1/accounts", { body: { profileId, currency: "JPY" } })).status,
      201,
    );
    const list = await send(server, `GET /v1/accounts?profileId=${profileId}`);
    assertEquals(list.body.data?.map(({ currency }) => currency), ["JPY", "BRL"]);
    assertEquals(Object.keys(list.body.meta?.["etags"] ?? {}), ids(list));
  },
  "an account with a balance of zero can be closed, and then no longer used": async (server) => {
    const accounts = await pair(server);
    const path = `/v1/accounts/${accounts.payee}`;
    const id = idOf(await pay(server, accounts));
    assertEquals((await send(server, `POST ${path}/close`)).status, 428);
    const stale = await send(server, `POST ${path}/close`, { headers: { "If-Match": '"1"' } });
    assertEquals([outcome(stale), stale.headers.get("etag")], ["412 account-changed", '"2"']);
    const any = { headers: { "If-Match": "*" } };
    assertEquals(outcome(await send(server, `POST ${path}/close`, any)), "422 balance-not-zero");
    await pay(server, { payer: accounts.payee, payee: accounts.payer });
    const closing = await send(server, `POST ${path}/close`, any);
    assertEquals([closing.status, dataOf(closing)["status"]], [200, "closed"]);
    assertEquals(outcome(await send(server, `POST ${path}/close`, any)), "422 account-closed");
    const closed = await send(server, `GET ${path}`);
    assertEquals([closed.body.data?.["status"], closed.body.data?.["balance"]], ["closed", money("0.00")]);
    assertEquals(outcome(await pay(server, accounts)), "422 account-closed");
    assertEquals(
      outcome(await pay(server, { payer: accounts.payee, payee: accounts.payer })),
      "422 account-closed",
    );
    const deposit = { key: crypto.randomUUID(), body: { amount: money("1.00") } };
    assertEquals(outcome(await send(server, `POST ${path}/deposits`, deposit)), "422 account-closed");
    const refund = await send(server, `PUT /v1/payments/${id}/refunds/${id}`, {
      body: { amount: money("1.00") },
    });
    assertEquals(outcome(refund), "422 account-closed");
    const { profileId } = dataOf(closed);
    const again = await send(server, "POST /v1/accounts", { body: { profileId, currency: "BRL" } });
    assertEquals(again.status, 201);
  },
  "a deposit debits the settlement account of its currency": async (server) => {
    const before = Number((await settlement(server, "JPY"))["amount"] ?? 0);
    const account = await openAccount(server, "500", { currency: "JPY" });
    assertEquals(await balanceOf(server, account), "500");
    assertEquals(Number((await settlement(server, "JPY"))["amount"]), before - 500);
  },
  "a statement is paged in both directions without gaps": async (server) => {
    const accounts = await pair(server);
    for (let time = 0; time < 4; time++) await pay(server, accounts, "1.00");
    const path = `/v1/accounts/${accounts.payer}/entries`;
    const all = await send(server, `GET ${path}`);
    const balances = all.body.data?.map(({ balance }) => balance);
    assertEquals(balances, ["96.00", "97.00", "98.00", "99.00", "100.00"].map((amount) => money(amount)));
    const first = await send(server, `GET ${path}?limit=3`);
    const second = await send(server, `GET ${path}?limit=3&after=${first.body.meta?.["nextCursor"]}`);
    assertEquals([...ids(first), ...ids(second)], ids(all));
    const back = await send(server, `GET ${path}?limit=3&before=${second.body.meta?.["prevCursor"]}`);
    assertEquals(ids(back), ids(first));
    const from = String(all.body.data?.[1]?.["createdAt"]);
    assertEquals(ids(await send(server, `GET ${path}?from=${from}`)), ids(all).slice(0, 2));
    assertEquals(ids(await send(server, `GET ${path}?to=${from}`)), ids(all).slice(2));
  },
  "missing resources are reported by their type": async (server) => {
    const missing: readonly (readonly [string, string])[] = [
      [`GET /v1/accounts/${MISSING}`, "404 account-not-found"],
      [`GET /v1/accounts/${MISSING}/entries`, "404 account-not-found"],
      [`GET /v1/payments/${MISSING}`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/events`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/refunds`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/refunds/${MISSING}`, "404 payment-not-found"],
    ];
    for (const [line, expected] of missing) assertEquals(outcome(await send(server, line)), expected, line);
    const id = idOf(await pay(server, await pair(server)));
    assertEquals(
      outcome(await send(server, `GET /v1/payments/${id}/refunds/${MISSING}`)),
      "404 refund-not-found",
    );
    const put = await send(server, `PUT /v1/payments/${MISSING}/refunds/${MISSING}`, {
      body: { amount: money("1.00") },
    });
    assertEquals(outcome(put), "404 payment-not-found");
    const deposit = { key: crypto.randomUUID(), body: { amount: money("1.00") } };
    assertEquals(
      outcome(await send(server, `POST /v1/accounts/${MISSING}/deposits`, deposit)),
      "404 account-not-found",
    );
    const none = await send(server, `GET /v1/payments?accountId=${MISSING}`);
    assertEquals([none.status, none.body.data], [200, []]);
  },
};

async function settlement(server: Server, currency: string): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await send(server, "GET /v1/accounts?limit=200");
  const found = body.data?.find((account) =>
    account["kind"] === "settlement" && account["currency"] === currency
  );
  return { ...Object(found?.["balance"]) };
}
