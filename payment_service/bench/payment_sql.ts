import { encodeParameter } from "@archway/db/postgres/connection/text_format.ts";
import { EventStore } from "@archway/events/store/event_store.ts";
import { keyId } from "@archway/service_kit/idempotency/stored_keys.ts";
import { PostgresIdempotency, transactionOf } from "@archway/service_kit/idempotency.ts";
import { PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import { PaymentService } from "../app/payments.ts";
import type { Account } from "../domain/account.ts";
import { PostgresAccountRepository } from "../persistence/account_repository.ts";
import { PostgresLedger } from "../persistence/ledger.ts";
import { PostgresPaymentRepository } from "../persistence/payment_repository.ts";
import { PostgresProfileDirectory } from "../persistence/profile_directory.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { type RecordedStatement, StatementRecorder } from "@archway/tools/bench/recorded_sql.ts";

/** Amount of every payment of the bench, in minor units of BRL. */
export const PAYMENT_UNITS = 100n;

const REQUEST = {
  principal: undefined,
  operation: "POST /v1/payments",
  key: "recorded",
  fingerprint: new Uint8Array(32),
  signal: new AbortController().signal,
};
const KEY_ID = keyId(REQUEST);

/** Values that differ in every payment, and are bound by name. */
const RECORDED = {
  keyId: encodeParameter(KEY_ID) ?? "",
  keyLock: String(KEY_ID.readBigInt64BE(0)),
  paymentId: "019a0000-0000-7000-8000-0000000000a1",
  transferId: "019a0000-0000-7000-8000-0000000000a2",
  requestId: "019a0000-0000-7000-8000-0000000000a3",
  payerId: "019a0000-0000-7000-8000-0000000000b1",
  payeeId: "019a0000-0000-7000-8000-0000000000b2",
  payerProfileId: "019a0000-0000-7000-8000-0000000000c1",
  payeeProfileId: "019a0000-0000-7000-8000-0000000000c2",
  /** Of the accounts, after the payment. */
  payerBalance: "700000000001",
  payeeBalance: "300000000003",
  payerVersion: "40000000001",
  payeeVersion: "50000000001",
  at: "2026-01-01T00:00:00.123456Z",
  expiresAt: "2026-01-02T00:00:00.123456Z",
} as const;

/** A response as long as a real one. */
const RESPONSE = {
  status: 201,
  headers: [
    ["content-type", "application/json"],
    ["location", `/v1/payments/${RECORDED.paymentId}`],
    ["etag", '"11"'],
  ],
  body: new Uint8Array(480),
} as const;

const EARLIER = "2025-12-31T00:00:00Z";

const ACCOUNT = {
  kind: "customer",
  currency: "BRL",
  createdAt: EARLIER,
  updatedAt: EARLIER,
  closedAt: null,
  isOwn: true,
  isActive: true,
} as const;

/** Row of a locked account. */
export type LockedRow = Account & { readonly isOwn: boolean; readonly isActive: boolean };

/**
 * SQL of a payment with an idempotency key, as the service sends it. The statements between BEGIN and COMMIT are
 * recorded, so that the bare loop runs the same text. `lock` and `find` are pipelined, and so are `project` and `append`.
 */
export const PAYMENT_SQL = await recordPayment();

/** Names of the statements, in their order. */
type StatementName = "claim" | "lock" | "find" | "project" | "append" | "keep";

async function recordPayment(): Promise<
  Readonly<Record<StatementName, RecordedStatement<keyof typeof RECORDED>>>
> {
  const rows = [[{ claimed: true, fingerprint: null }], [], lockedRows(), [], [{}], []];
  const recorder = new StatementRecorder(RECORDED, rows);
  const ids: string[] = [RECORDED.transferId, RECORDED.paymentId];
  const now = (): string => RECORDED.at;
  const events = new EventStore(PAYMENT_UPCASTERS);
  const payments = new PaymentService({
    connections: recorder,
    accounts: new PostgresAccountRepository(),
    payments: new PostgresPaymentRepository(events),
    profiles: new PostgresProfileDirectory(),
    ledger: new PostgresLedger(events),
    now,
    newId: () => ids.pop() ?? "",
  });
  await new PostgresIdempotency({ pool: recorder, ttlMs: 86_400_000, now }).run(REQUEST, async (unit) => {
    const { payerId, payeeId, requestId } = RECORDED;
    const amount = { units: PAYMENT_UNITS, currency: "BRL" };
    const input = { payerAccountId: payerId, payeeAccountId: payeeId, amount, description: null };
    const cause = { scope: UNRESTRICTED, metadata: { requestId } };
    const { written } = await payments.create(transactionOf({ unit }), input, cause);
    await written;
    return { response: RESPONSE, refused: false };
  });
  const [claim, lock, find, project, append, keep, ...others] = recorder.statements;
  if (!claim || !lock || !find || !project || !append || !keep || others.length > 0) {
    throw new Error("Recording SQL failed: the bare loop runs six statements of a payment");
  }
  return { claim, lock, find, project, append, keep };
}

function lockedRows(): readonly LockedRow[] {
  const { payerId, payeeId, payerProfileId, payeeProfileId } = RECORDED;
  const [payerBalance, payeeBalance] = [BigInt(RECORDED.payerBalance), BigInt(RECORDED.payeeBalance)];
  const [payerVersion, payeeVersion] = [
    BigInt(RECORDED.payerVersion) - 1n,
    BigInt(RECORDED.payeeVersion) - 1n,
  ];
  const payer = { id: payerId, profileId: payerProfileId, version: payerVersion };
  const payee = { id: payeeId, profileId: payeeProfileId, version: payeeVersion };
  return [
    { ...ACCOUNT, ...payer, balance: payerBalance + PAYMENT_UNITS },
    { ...ACCOUNT, ...payee, balance: payeeBalance - PAYMENT_UNITS },
  ];
}
