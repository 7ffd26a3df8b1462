import { v7 as newId } from "uuid";
import { type Driver, openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import { microsecondClock, microsecondsOf, timestampOf } from "@archway/db/timestamp.ts";
import { respondToCommands } from "@archway/tools/bench/child_process.ts";
import { type LoadResult, runLoad } from "@archway/tools/bench/run_load.ts";
import { type LockedRow, PAYMENT_SQL, PAYMENT_UNITS } from "./payment_sql.ts";
import { type PaymentPairs, paymentPairs } from "./payment_pairs.ts";

/** Payments at the same time, until the time is over. */
export interface BareCommand {
  readonly pairs: PaymentPairs;
  readonly connections: number;
  readonly milliseconds: number;
}

const PREPARED = { prepare: true };
const DAY = 86_400_000_000n;

/** The yardstick: the statements of payments, each in a transaction, and nothing around them. */
export class BarePayments {
  readonly #sql: Driver;
  readonly #now = microsecondClock();

  constructor(sql: Driver) {
    this.#sql = sql;
  }

  /** Makes a payment between two accounts. @throws {Error} when one is not there, or has too little. */
  async pay(payerId: string, payeeId: string): Promise<void> {
    const { claim, lock, find, project, append, keep } = PAYMENT_SQL;
    const values = { ...this.#own(), payerId, payeeId };
    await this.#sql.begin(async (tx) => {
      await tx.unsafe(claim.text, claim.bind(values), PREPARED);
      const [, rows] = await Promise.all([
        tx.unsafe(lock.text, lock.bind(values), PREPARED),
        tx.unsafe<LockedRow[]>(find.text, find.bind(values), PREPARED),
      ]);
      const [payer, payee] = [payerId, payeeId].map((id) => rows.find((row) => row.id === id));
      if (!payer || !payee || payer.balance < PAYMENT_UNITS) throw new Error("A payment cannot be made");
      const known = {
        ...values,
        at: monotonicTime(values.at, [payer.updatedAt, payee.updatedAt]),
        payerProfileId: payer.profileId,
        payeeProfileId: payee.profileId,
        payerBalance: String(payer.balance - PAYMENT_UNITS),
        payeeBalance: String(payee.balance + PAYMENT_UNITS),
        payerVersion: String(payer.version + 1n),
        payeeVersion: String(payee.version + 1n),
      };
      const projected = tx.unsafe(project.text, project.bind(known), PREPARED);
      await Promise.all([projected, tx.unsafe(append.text, append.bind(known), PREPARED)]);
      await tx.unsafe(keep.text, keep.bind(known), PREPARED);
    });
  }

  /** Makes payments one after the other on every connection until the time is over. */
  run({ pairs, connections, milliseconds }: BareCommand): Promise<LoadResult> {
    const clients = Array.from({ length: connections }, (_, connection) => {
      const next = paymentPairs(pairs, { connection, connections });
      return async () => {
        const { payer, payee } = next();
        await this.pay(payer, payee);
        return 201;
      };
    });
    return runLoad(clients, { milliseconds });
  }

  /** Returns the values that no other payment has. */
  #own(): Parameters<typeof PAYMENT_SQL.claim.bind>[0] & { readonly at: string } {
    const key = new DataView(crypto.getRandomValues(new Uint8Array(32)).buffer);
    const at = this.#now();
    return {
      keyId: `\\x${new Uint8Array(key.buffer).toHex()}`,
      keyLock: String(key.getBigInt64(0)),
      paymentId: newId(),
      transferId: newId(),
      requestId: crypto.randomUUID(),
      at,
      expiresAt: timestampOf(microsecondsOf(at) + DAY),
    };
  }
}

// A process of its own: `deno run bare_payments.ts <InstanceConfig as JSON>`. It ends with its input.
if (import.meta.main) {
  const instance: InstanceConfig = JSON.parse(Deno.args[0] ?? "");
  // Opened as the service does, with the same options and the same column parsers.
  await using stack = new AsyncDisposableStack();
  const payments = new BarePayments(stack.adopt(openDriver(instance, {}), (driver) => driver.end()));
  await respondToCommands((command: BareCommand) => payments.run(command));
}
