import { assertEquals } from "@std/assert";
import { idOf, invalidParams, money, outcome, send } from "../payment_client.ts";
import { get, type Harness, listed, pay, request, terms } from "./request_harness.ts";

/** Access to requests, and lists of them. */
export const REQUEST_LIST_CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
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
    // A later payer does not see what was asked of the one before.
    const moved = idOf(await request(harness, { payerAccountId: ada, description: "For ada" }));
    await send(server, `PUT /v1/payment-requests/${moved}`, {
      ...{
        as: "bob",
        headers: { "If-Match": "*" },
        body: terms(bob, { payerAccountId: eve, description: "Rent" }),
      },
    });
    const seen = async (as: string): Promise<readonly unknown[]> =>
      (await send(server, `GET /v1/payment-requests/${moved}/revisions`, { as })).body.data?.map((one) => [
        one["payerAccountId"],
        one["description"],
      ]) ?? [];
    assertEquals(await seen("bob"), [[ada, "For ada"], [eve, "Rent"]]);
    assertEquals(await seen("eve"), [[null, null], [eve, "Rent"]]);
    await send(server, `POST /v1/payment-requests/${moved}/cancel`, {
      as: "bob",
      headers: { "If-Match": "*" },
    });
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
};
