import { assertEquals } from "@std/assert";
import { idOf, invalidParams, money, outcome, type PaymentResponse, send } from "../payment_client.ts";
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
    const revise = async (payerAccountId: string | null, description: string): Promise<void> => {
      const body = terms(bob, { payerAccountId, description });
      const revised = await send(server, `PUT /v1/payment-requests/${moved}`, {
        ...{ as: "bob", headers: { "If-Match": "*" }, body },
      });
      assertEquals(revised.status, 200, revised.text);
    };
    const page = async (as: string, query = ""): Promise<PaymentResponse> =>
      await send(server, `GET /v1/payment-requests/${moved}/revisions${query}`, { as });
    const shown = ({ body }: PaymentResponse): readonly unknown[] =>
      body.data?.map(({ revision, description }) => [revision, description]) ?? [];
    await revise(eve, "Rent");
    assertEquals(shown(await page("bob")), [[1, "For ada"], [2, "Rent"]]);
    assertEquals(shown(await page("eve")), [[2, "Rent"]]);
    await revise(eve, "Rent of May");
    const second = await page("eve", "?limit=1");
    assertEquals([shown(second), second.body.meta?.["prevCursor"]], [[[2, "Rent"]], undefined]);
    const third = await page("eve", `?limit=1&after=${second.body.meta?.["nextCursor"]}`);
    assertEquals([shown(third), third.body.meta?.["nextCursor"]], [[[3, "Rent of May"]], undefined]);
    const back = await page("eve", `?limit=5&before=${third.body.meta?.["prevCursor"]}`);
    assertEquals([shown(back), back.body.meta?.["prevCursor"]], [[[2, "Rent"]], undefined]);
    // The history starts over, also for a cursor from before.
    await revise(ada, "For ada again");
    await revise(eve, "Rent of June");
    for (const query of ["", `?after=${second.body.meta?.["nextCursor"]}`]) {
      assertEquals(shown(await page("eve", query)), [[5, "Rent of June"]]);
    }
    assertEquals(shown(await page("eve", `?before=${third.body.meta?.["prevCursor"]}`)), []);
    assertEquals(shown(await page("bob")).length, 5);
    await revise(null, "Anyone");
    assertEquals(shown(await page("eve")), [[6, "Anyone"]]);
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
        ...{ as: "bob", headers: { "If-Match": `"${index + 1}1"` } },
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
