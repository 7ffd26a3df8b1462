import { assert, assertEquals } from "@std/assert";
import { balanceOf, idOf, money, outcome, send } from "../payment_client.ts";
import { body, pair, type PaymentCases } from "./payment_harness.ts";

/** Payments that are repeated, by a key or by an id. */
export const REPEATED_PAYMENT_CASES: PaymentCases = {
  "a repeated payment is settled once, with identical responses": async (server) => {
    const accounts = await pair(server);
    const request = { key: crypto.randomUUID(), body: body(accounts) };
    const first = await send(server, "POST /v1/payments", request);
    const again = await send(server, "POST /v1/payments", request);
    assertEquals([again.status, again.text, again.headers.get("idempotency-replayed")], [
      201,
      first.text,
      "true",
    ]);
    for (const name of ["location", "etag", "content-type", "cache-control"]) {
      assertEquals(again.headers.get(name), first.headers.get(name), name);
    }
    assert(again.headers.has("consistency-token"));
    const other = await send(server, "POST /v1/payments", { ...request, body: body(accounts, "10.01") });
    assertEquals(outcome(other), "422 idempotency-key-reused");
    assertEquals(await balanceOf(server, accounts.payer), "90.00");
  },
  "a repeated request replays a refusal": async (server) => {
    const accounts = await pair(server, "5.00");
    const request = { key: crypto.randomUUID(), body: body(accounts) };
    const first = await send(server, "POST /v1/payments", request);
    assertEquals(outcome(first), "422 insufficient-funds");
    await send(server, `POST /v1/accounts/${accounts.payer}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("50.00") },
    });
    const again = await send(server, "POST /v1/payments", request);
    assertEquals([again.status, again.text, again.headers.get("idempotency-replayed")], [
      422,
      first.text,
      "true",
    ]);
    assertEquals(await balanceOf(server, accounts.payer), "55.00");
  },
  "a payment with a client-generated id can be repeated without a key": async (server) => {
    const accounts = await pair(server);
    const id = crypto.randomUUID();
    const first = await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) });
    assertEquals([first.status, first.headers.get("location"), idOf(first)], [201, `/v1/payments/${id}`, id]);
    for (const spelling of [id, id.toUpperCase()]) {
      const again = await send(server, `PUT /v1/payments/${spelling}`, { body: body(accounts) });
      assertEquals([again.status, again.body.data, again.headers.get("location")], [
        200,
        first.body.data,
        null,
      ]);
    }
    const others = [
      body(accounts, "10.01"),
      { ...body(accounts), description: null },
      { ...body(accounts), description: "Dinner" },
      body({ payer: accounts.payee, payee: accounts.payer }),
    ];
    for (const other of others) {
      assertEquals(
        outcome(await send(server, `PUT /v1/payments/${id}`, { body: other })),
        "409 payment-exists",
      );
    }
    assertEquals(await balanceOf(server, accounts.payer), "90.00");
  },
  "a refused payment can succeed later under the same id": async (server) => {
    const accounts = await pair(server, "5.00");
    const id = crypto.randomUUID();
    const refused = await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) });
    assertEquals(outcome(refused), "422 insufficient-funds");
    assertEquals(outcome(await send(server, `GET /v1/payments/${id}`)), "404 payment-not-found");
    await send(server, `POST /v1/accounts/${accounts.payer}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("5.00") },
    });
    assertEquals((await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) })).status, 201);
  },
};
