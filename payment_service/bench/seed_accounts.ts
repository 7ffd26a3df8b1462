import { v7 as newId } from "uuid";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { EventStore } from "@archway/events/store/event_store.ts";
import type { Account } from "../domain/account.ts";
import { PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import type { PaymentEvent } from "../events/payment_event.ts";
import { PostgresLedger } from "../persistence/ledger.ts";
import { Projection } from "../projection/projection.ts";
import { MIGRATION_SOURCES } from "@archway/tools/support/migration_sources.ts";
import { microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";
import { paymentPairs } from "./payment_pairs.ts";

interface SeedAccountsOptions {
  /** Number of accounts of customers. */
  readonly accounts: number;
  /** Number of payments between them. @default {0} */
  readonly payments?: number;
  readonly signal?: AbortSignal;
}

/** First deposit into every account, in minor units: more than any load takes. */
const DEPOSIT = { units: 1_000_000_000_000n, currency: "BRL" };
const AMOUNT = { units: 100n, currency: "BRL" };
/** Number of events that one transaction writes. */
const BATCH = 500;
const FIRST_MOMENT = microsecondsOf("2025-01-01T00:00:00Z");

interface Owned {
  readonly accountId: string;
  readonly profileId: string;
}

/** Migrates an empty database and fills it through the service's own ledger. Returns the ids of the accounts. */
export async function seedAccounts(
  instance: InstanceConfig,
  { accounts, payments = 0, signal }: SeedAccountsOptions,
): Promise<readonly string[]> {
  await using pool = openPool({ primary: instance, replicas: [], statementTimeoutMs: 0 });
  await pool.migrate(MIGRATION_SOURCES);
  const owned = Array.from({ length: accounts }, (): Owned => ({ accountId: newId(), profileId: newId() }));
  await pool.writer().query(
    `insert into profiles (id, name, created_at, updated_at)
      select id, 'Ada', now(), now() from unnest($1::uuid[]) as id`,
    [owned.map(({ profileId }) => profileId)],
  );
  const ledger = new PostgresLedger(new EventStore(PAYMENT_UPCASTERS));
  const known = new Map<string, Account>();
  const events = [...openings(owned), ...settledPayments(owned, payments)];
  for (let index = 0; index < events.length; index += BATCH) {
    signal?.throwIfAborted();
    const projection = new Projection();
    projection.useAccounts([...known.values()]);
    await pool.withTx((tx) =>
      ledger.record(tx, projection, {
        events: events.slice(index, index + BATCH).map((event) => ({ event, expectedVersion: 0n })),
        at: timestampOf(FIRST_MOMENT + 1_000_000n * BigInt(index / BATCH)),
        metadata: {},
      })
    );
    for (const { row } of projection.accounts) known.set(row.id, row);
  }
  // No event is to be published, and autovacuum would interfere with a round.
  await pool.writer().query("truncate outbox");
  for (const table of ["profiles", "accounts", "payments", "entries", "events", "outbox"]) {
    await pool.writer().query(`vacuum (analyze) ${table}`);
  }
  return owned.map(({ accountId }) => accountId);
}

function openings(owned: readonly Owned[]): readonly PaymentEvent[] {
  const settlementAccountId = newId();
  const { currency } = DEPOSIT;
  return [
    { type: "account.opened", accountId: settlementAccountId, kind: "settlement", profileId: null, currency },
    ...owned.map((ids): PaymentEvent => ({ type: "account.opened", ...ids, kind: "customer", currency })),
    ...owned.map((ids): PaymentEvent => ({
      type: "deposit.settled",
      depositId: newId(),
      settlementAccountId,
      amount: DEPOSIT,
      ...ids,
    })),
  ];
}

function settledPayments(owned: readonly Owned[], count: number): readonly PaymentEvent[] {
  const profiles = new Map(owned.map(({ accountId, profileId }) => [accountId, profileId]));
  const all = [...profiles.keys()];
  const next = paymentPairs({ payers: all, payees: all }, { connection: 0, connections: 1 });
  return Array.from({ length: count }, () => {
    const { payer, payee } = next();
    return {
      type: "payment.settled",
      paymentId: newId(),
      transferId: newId(),
      payerAccountId: payer,
      payeeAccountId: payee,
      payerProfileId: profiles.get(payer) ?? "",
      payeeProfileId: profiles.get(payee) ?? "",
      amount: AMOUNT,
      description: null,
    };
  });
}
