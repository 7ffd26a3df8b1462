import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Idempotency } from "@archway/server/idempotency.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { withIdempotency, withLogger } from "@archway/server/server_options.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";
import { rewritingPool } from "@archway/tools/verify/faults/altered_pool.ts";
import {
  recordInProcess,
  type RecordInProcessOptions,
} from "@archway/tools/verify/faults/record_in_process.ts";
import { SnapshotReplica } from "@archway/tools/verify/faults/snapshot_replica.ts";
import type { Violation } from "@archway/conformance/history/violation.ts";
import type { Workload } from "@archway/conformance/history/workload.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { byName, paymentServer, type PaymentServerOptions } from "../payment_client.ts";
import { PAYMENT_MIGRATIONS, PAYMENT_SERVICES } from "../payment_program.ts";
import { IDEMPOTENCY_FAULTS, replayTokens } from "./idempotency_faults.ts";
import { type Handle, REQUEST_FAULTS } from "./request_faults.ts";
import { requestWorkload } from "./request_workload.ts";
import { transferWorkload } from "./transfer_workload.ts";

const HOUR_MS = 3_600_000;

/** Defects of single statements: a text that is replaced, and the check that finds it. */
const STATEMENT_FAULTS = {
  "balance not locked": { from: " order by id for no key update", to: "", foundBy: "transfers" },
  "refunds exceed the payment: earlier ones are not seen": {
    ...{ from: "payments.refunded", to: "0::int8 as refunded", foundBy: "refunds" },
  },
  "closed account takes money: its closing is not seen": {
    ...{ from: "accounts.closed_at as", to: "null::timestamptz as", foundBy: "closed-accounts" },
  },
};

/** Owners that take turns. */
const OWNERS = ["ada", "bob"].map((name) => [["Authorization", `Bearer ${name}`] as const]);

/** Options of {@link violationsOn}. */
interface PlantedOptions
  extends
    Pick<PaymentServerOptions, "now">,
    Pick<RecordInProcessOptions, "until" | "rounds" | "hasReplicas"> {
  /** @default transferWorkload */
  readonly workload?: Workload;
  /** Changes the idempotency keys of the server. */
  readonly alter?: (inner: Idempotency) => Idempotency;
  /** Changes how the server handles requests. */
  readonly wrap?: (fetch: Handle) => Handle;
}

/** Returns the contradictions in histories of payments on a pool. */
async function violationsOn(
  pool: ConnectionPool,
  { workload = transferWorkload, alter = (inner) => inner, wrap = (fetch) => fetch, ...options }:
    PlantedOptions = {},
): Promise<readonly Violation[]> {
  const { now, ...more } = options;
  const { idempotency } = mountOnPool(pool, { services: PAYMENT_SERVICES });
  await using server = paymentServer(pool, {
    ...now !== undefined && { now },
    options: [byName, withLogger(SILENT_LOGGER), withIdempotency(alter(idempotency))],
  });
  const fetch = wrap(async (request) => await server.fetch(request));
  return await recordInProcess({ fetch }, { workload, fields: OWNERS, ...more });
}

/** Whether a check finds contradictions in histories of payments on a pool. */
async function isFoundBy(name: string, pool: ConnectionPool, options?: PlantedOptions): Promise<boolean> {
  const until = ({ check }: Violation): boolean => check === name;
  return (await violationsOn(pool, { ...options, until })).some(until);
}

Deno.test("transferWorkload finds planted defects of transfers, and nothing without them", async (t) => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({
    primary: { ...database.instance, maxConnections: 20 },
    replicas: [],
    ...GENEROUS_TIMEOUTS,
  });
  await t.step("nothing", async () => {
    assertEquals(await violationsOn(pool, { rounds: 2 }), []);
    assertEquals(await violationsOn(pool, { rounds: 2, workload: requestWorkload }), []);
    await using replica = new SnapshotReplica(pool);
    assertEquals(await violationsOn(replica.pool, { rounds: 1, hasReplicas: true }), []);
  });
  await t.step("a replay has the token of the first response", async () => {
    await using replica = new SnapshotReplica(pool);
    const options = { alter: replayTokens, hasReplicas: true };
    assertEquals(await isFoundBy("read-your-writes", replica.pool, options), true);
  });
  for (const [name, { workload, wrap, foundBy }] of Object.entries(REQUEST_FAULTS)) {
    await t.step(name, async () => {
      assertEquals(await isFoundBy(foundBy, pool, { workload, wrap }), true);
    });
  }
  await t.step("expired request paid: the clock is late", async () => {
    const now = (): Timestamp => new Date(Date.now() - HOUR_MS).toISOString();
    assertEquals(await isFoundBy("payment-requests", pool, { workload: requestWorkload, now }), true);
  });
  // With the triggers, the database refuses the transactions that these let through.
  const triggers = (state: "disable" | "enable"): Promise<unknown> =>
    Promise.all(
      ["accounts", "entries", "payments", "refunds"].map((table) =>
        pool.writer().query(`alter table ${table} ${state} trigger user`)
      ),
    );
  await triggers("disable");
  for (const [name, { from, to, foundBy }] of Object.entries(STATEMENT_FAULTS)) {
    await t.step(name, async () => {
      const altered = rewritingPool(pool, (text) => text.replaceAll(from, to));
      assertEquals(await isFoundBy(foundBy, altered), true);
    });
  }
  await triggers("enable");
  for (const [name, alter] of Object.entries(IDEMPOTENCY_FAULTS)) {
    await t.step(name, async () => {
      assertEquals(await isFoundBy("exactly-once", pool, { alter }), true);
    });
  }
});
