import { v4 as newKey } from "uuid";
import { itemOf } from "@archway/conformance/derived/subjects.ts";
import type { Exchange } from "@archway/conformance/history/history_client.ts";
import {
  type HistorySession,
  type OpenWorkload,
  tokenHeader,
  tokenInput,
  type Workload,
} from "@archway/conformance/history/workload.ts";
import { checkTransfers } from "./check_transfers.ts";
import { ClosingAccounts } from "./closing_accounts.ts";
import { readStatements } from "./read_statements.ts";
import { CURRENCY, outputOf, ownerOf, TestAccounts } from "./test_accounts.ts";

/** Accounts of each owner. */
const ACCOUNTS = 3;
const MAX_ATTEMPTS = 4;
/** Number of the newest payments that are refunded at a time. */
const REFUNDED = 4;

/** Transfer that a client wants to happen once. */
interface Transfer {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  /** "PUT" with the key as the id of the payment or refund, "POST" with it as the Idempotency-Key. */
  readonly via: "POST" | "PUT" | "REFUND";
  readonly owner: string;
  /** Payment that it refunds, or has made as far as its client knows. */
  payment?: string;
}

/**
 * Transfers between a few accounts and their refunds, repeated where their outcome is unknown, closings of accounts, and
 * reads of balances.
 */
export const transferWorkload: Workload = {
  name: "transfers",
  async open(session): Promise<TransferClient> {
    const client = new TransferClient();
    await client.accounts.of(session);
    return client;
  },
  check: checkTransfers,
};

class TransferClient implements OpenWorkload {
  readonly accounts = new TestAccounts({ count: ACCOUNTS });
  readonly #closing = new ClosingAccounts(this.accounts);
  readonly #transfers: Transfer[] = [];
  #deposits = 0;

  async step(session: HistorySession): Promise<void> {
    const accounts = await this.accounts.of(session).catch(() => undefined);
    const account = session.pick(accounts ?? []);
    if (account === undefined) return;
    const share = session.random();
    if (share < 0.2) return await this.#readBalance(session, account);
    if (share < 0.25) {
      return await this.accounts.deposit(session, account, `${1 + ++this.#deposits}.01`);
    }
    if (share < 0.35) return await this.#repeat(session);
    if (share < 0.55) return await this.#refund(session);
    if (share < 0.63) {
      const left = await this.#closing.step(session);
      if (left !== undefined) await this.#transfer(session, { ...left, to: account });
      return;
    }
    const to = session.pick([...this.accounts.owners.keys()].filter((other) => other !== account));
    const closing = session.random() < 0.15 ? session.pick(this.#closing.open) : undefined;
    if (to === undefined) return;
    const amount = (1 + session.random() * (closing === undefined ? 60 : 2)).toFixed(2);
    await this.#transfer(session, { from: account, to: closing ?? to, amount });
  }

  async finish(sessions: readonly HistorySession[]): Promise<void> {
    for (const [account, owner] of [...this.accounts.owners, ...this.#closing.owners]) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (session !== undefined) await readStatements(session, account);
    }
  }

  remove(sessions: readonly HistorySession[]): Promise<void> {
    return this.accounts.remove(sessions);
  }

  async #transfer(
    session: HistorySession,
    { from, to, amount }: Pick<Transfer, "from" | "to" | "amount">,
  ): Promise<void> {
    const via = session.random() < 0.7 ? "POST" : "PUT";
    await this.#attempt(session, { key: newKey(), from, to, amount, via, owner: ownerOf(session) });
  }

  /** Refunds a part of one of the newest payments to the client's owner, or reads what was refunded of it. */
  async #refund(session: HistorySession): Promise<void> {
    const owner = ownerOf(session);
    const payments = this.#transfers.filter(({ via, to, payment }) =>
      via !== "REFUND" && payment !== undefined && this.accounts.owners.get(to) === owner
    );
    const chosen = session.pick(payments.slice(-REFUNDED));
    if (chosen?.payment === undefined) return;
    const { payment, from: to, to: from } = chosen;
    if (session.random() < 0.3) return await this.#readRefunded(session, payment);
    const amount = Math.max(0.01, Number(chosen.amount) * (0.2 + session.random() * 0.5)).toFixed(2);
    await this.#attempt(session, { key: newKey(), from, to, amount, via: "REFUND", owner, payment });
  }

  /** Sends an earlier request again, or one of another owner. */
  async #repeat(session: HistorySession): Promise<void> {
    const transfer = session.pick(this.#transfers);
    if (transfer === undefined) return;
    await (transfer.owner === ownerOf(session)
      ? this.#send(session, transfer)
      : this.#reuse(session, transfer));
  }

  async #attempt(session: HistorySession, transfer: Transfer): Promise<void> {
    this.#transfers.push(transfer);
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const { outcome, status } = await this.#send(session, transfer);
      // Repeating is safe, and the documents ask for it.
      if (outcome === "ok" || status === 422 || session.random() < 0.3) return;
    }
  }

  async #send(session: HistorySession, transfer: Transfer): Promise<Exchange> {
    const { key, from, to, amount, via, payment } = transfer;
    const money = { amount: { amount, currency: CURRENCY } };
    if (via === "REFUND") {
      return await session.write(
        { action: "refund", key, input: { payment: payment ?? "", from, to, amount } },
        { method: "PUT", path: `/v1/payments/${payment}/refunds/${key}`, body: money },
        outputOf,
      );
    }
    const body = { payerAccountId: from, payeeAccountId: to, description: key, ...money };
    const request = via === "POST"
      ? { method: "POST", path: "/v1/payments", headers: { "Idempotency-Key": key }, body }
      : { method: "PUT", path: `/v1/payments/${key}`, body };
    const found = await session.write(
      { action: "transfer", key, input: { from, to, amount, via } },
      request,
      outputOf,
    );
    if (found.outcome === "ok") transfer.payment = String(itemOf(found.body)["id"]);
    return found;
  }

  /** Repeats the request of another owner, who alone may see its response. */
  async #reuse(session: HistorySession, { key, from, to, amount, via }: Transfer): Promise<void> {
    if (via !== "POST") return;
    await session.write(
      { action: "reuse", key, input: { from, to, amount } },
      {
        ...{ method: "POST", path: "/v1/payments", headers: { "Idempotency-Key": key } },
        body: {
          ...{ payerAccountId: from, payeeAccountId: to, description: key },
          amount: { amount, currency: CURRENCY },
        },
      },
      outputOf,
    );
  }

  #readBalance(session: HistorySession, account: string): Promise<void> {
    return this.#read(session, { action: "balance", key: account, path: `/v1/accounts/${account}` });
  }

  #readRefunded(session: HistorySession, payment: string): Promise<void> {
    return this.#read(session, { action: "refunded", key: payment, path: `/v1/payments/${payment}` });
  }

  /** Reads the amount in a property with the name of the action. */
  async #read(
    session: HistorySession,
    { action, key, path }: {
      readonly action: "balance" | "refunded";
      readonly key: string;
      readonly path: string;
    },
  ): Promise<void> {
    const token = session.token();
    await session.record({ action, key, input: { ...tokenInput(token) } }, async () => {
      const { status, body } = await session.send({ path, headers: tokenHeader(token) });
      const { amount } = Object(itemOf(body)[action]);
      return status === 200
        ? { outcome: "ok", output: { [action]: String(amount) } }
        : { outcome: "fail", output: { status } };
    });
  }
}
