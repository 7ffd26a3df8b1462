import { assertEquals, assertNotEquals } from "@std/assert";
import { findInconsistencies } from "../find_inconsistencies.ts";
import { dataOf, idOf, invalidParams, outcome, send } from "../payment_client.ts";
import { runJob } from "../run_job.ts";
import { EXPIRES, get, type Harness, listed, pay, request, revisionsOf, terms } from "./request_harness.ts";

/** Expiries of requests. */
export const REQUEST_EXPIRY_CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
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
      for (const tag of ['"11"', '"21"', "*"]) {
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
    assertEquals([recorded.body.data, recorded.headers.get("etag")], [expired.body.data, '"21"']);
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
};
