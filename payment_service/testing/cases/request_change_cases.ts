import { assert, assertEquals } from "@std/assert";
import {
  balanceOf,
  dataOf,
  idOf,
  invalidParams,
  money,
  openAccount,
  outcome,
  type PaymentRequest,
  type PaymentResponse,
  send,
} from "../payment_client.ts";
import { type Harness, listed, MISSING, pay, request, revisionsOf, terms } from "./request_harness.ts";

/** Creations and changes of requests. */
export const REQUEST_CHANGE_CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
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
    assertEquals([created.status, created.headers.get("etag"), idOf(created)], [201, '"13"', id]);
    const strict = await put(first, { headers: { "If-None-Match": "*" } });
    assertEquals([outcome(strict), strict.headers.get("etag")], ["412 payment-request-changed", '"13"']);
    const again = await put(first);
    assertEquals([again.status, again.body.data, again.headers.get("location")], [
      200,
      created.body.data,
      null,
    ]);
    const second = terms(bob, { reference: "invoice-2", amount: money("12.00"), payerAccountId: ada });
    assertEquals(outcome(await put(second)), "409 payment-request-exists");
    const stale = await put(second, { headers: { "If-Match": '"3"' } });
    assertEquals([outcome(stale), stale.headers.get("etag")], ["412 payment-request-changed", '"13"']);
    const revised = await put(second, { headers: { "If-Match": '"13"' } });
    assertEquals([revised.status, revised.headers.get("etag")], [200, '"23"']);
    assertEquals({ ...dataOf(revised), ...second }, dataOf(revised));
    // No difference, no revision.
    const same = await put(second, { headers: { "If-Match": '"23"' } });
    assertEquals([same.status, same.headers.get("etag"), same.body.data], [200, '"23"', revised.body.data]);
    const other = terms(ada, { reference: "invoice-3" });
    const moved = await put(other, { headers: { "If-Match": "*" } });
    assertEquals([outcome(moved), ...invalidParams(moved)], [
      "422 immutable-property",
      "body /payeeAccountId",
      "body /reference",
    ]);
    for (const headers of [{ "If-None-Match": '"13"' }, { "If-None-Match": "*", "If-Match": "*" }]) {
      assertEquals(invalidParams(await put(second, { headers })), ["header If-None-Match"]);
    }
    assertEquals((await put(second, { headers: { "If-Match": "1" } })).status, 400);
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "created"]]);
    // The payer has read the first revision.
    const outdated = await pay(harness, id, { as: "ada", payer: ada, tag: '"13"' });
    assertEquals([outcome(outdated), outdated.headers.get("etag")], ["412 payment-request-changed", '"23"']);
    assertEquals((await pay(harness, id, { as: "ada", payer: ada, tag: '"23"' })).status, 201);
    assertEquals(await balanceOf(server, bob, "bob"), "12.00");
  },
  "a cancelled request stays cancelled": async (harness) => {
    const { server, ada, bob } = harness;
    const id = idOf(await request(harness));
    const path = `POST /v1/payment-requests/${id}/cancel`;
    assertEquals((await send(server, path, { as: "bob" })).status, 428);
    const stale = await send(server, path, { as: "bob", headers: { "If-Match": '"21"' } });
    assertEquals(outcome(stale), "412 payment-request-changed");
    const cancelled = await send(server, path, { as: "bob", headers: { "If-Match": '"11"' } });
    assertEquals([cancelled.status, dataOf(cancelled)["status"], cancelled.headers.get("etag")], [
      200,
      "cancelled",
      '"21"',
    ]);
    const again = await send(server, path, { as: "bob", headers: { "If-Match": '"11"' } });
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
