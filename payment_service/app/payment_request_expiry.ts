import type { Transaction } from "@archway/db/db.ts";
import { UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import type { PaymentRequestDependencies } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import { findAccount, revisionOf, sidesOf } from "./request_revision.ts";

/** Number of requests that expire in one transaction. */
const EXPIRY_BATCH = 100;

/** Records the expiry of payment requests. They are expired before, by their time alone. */
export class PaymentRequestExpiry {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
  }

  /** Records the expiry of all requests whose time has come, and returns their number. */
  async expireDue({ signal }: { readonly signal: AbortSignal }): Promise<number> {
    let total = 0;
    for (let count = EXPIRY_BATCH; count === EXPIRY_BATCH; total += count) {
      count = await this.#deps.connections.withTx((tx) => this.#expire(tx), { signal, repeatable: true });
    }
    return total;
  }

  async #expire(tx: Transaction): Promise<number> {
    const { accounts, requests } = this.#deps;
    const due = { now: this.#deps.now(), limit: EXPIRY_BATCH };
    const found = await requests.findDue(tx, due);
    if (found.length === 0) return 0;
    const sides = found.flatMap(sidesOf);
    const locked = await accounts.lock(tx, [...new Set(sides)], UNRESTRICTED);
    // Some may have been paid or changed by transactions that held the locks.
    const ids = new Set(found.map(({ id }) => id));
    const expired = (await requests.findDue(tx, due)).filter((request) =>
      ids.has(request.id) && sidesOf(request).every((id) => findAccount(locked, id) !== undefined)
    );
    if (expired.length === 0) return found.length;
    const projection = new Projection();
    projection.useRequests(expired);
    await this.#deps.ledger.record(tx, projection, {
      events: await this.#deps.ledger.protect(
        tx,
        expired.map((request) => revisionOf("payment_request.expired", request, locked)),
      ),
      at: monotonicTime(due.now, expired.map(({ updatedAt }) => updatedAt)),
      metadata: {},
      last: true,
    });
    return found.length;
  }
}
