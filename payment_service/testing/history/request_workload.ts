import { v4 as newKey } from "uuid";
import { itemOf } from "@archway/conformance/derived/subjects.ts";
import type { Completion } from "@archway/conformance/history/history.ts";
import type { Exchange } from "@archway/conformance/history/history_client.ts";
import {
  type HistorySession,
  type OpenWorkload,
  tokenHeader,
  tokenInput,
  type Workload,
} from "@archway/conformance/history/workload.ts";
import { isArray, member, textMember } from "@archway/service_kit/json_value.ts";
import { checkRequests } from "./check_requests.ts";
import { readStatements } from "./read_statements.ts";
import { CURRENCY, outputOf, ownerOf, TestAccounts } from "./test_accounts.ts";

/** Accounts of each owner. */
const ACCOUNTS = 2;
/** Number of the newest requests that clients pay, cancel and read at a time. */
const ACTIVE = 4;
const MAX_ATTEMPTS = 3;
/** Number of the newest requests whose revisions are read at the end, after a payment of those that may have expired. */
const REVIEWED = 40;
/** Longest of short lifetimes, in milliseconds. */
const SHORT_MS = 1_000;
/** Lifetime that is not over for a clock that jumps by an hour, either. */
const LONG_MS = 2 * 86_400_000;

/** Payment request that clients know. */
interface KnownRequest {
  readonly id: string;
  readonly payee: string;
  readonly amount: string;
  readonly isShort: boolean;
  /** Its expiry in milliseconds since the epoch. */
  readonly expiresMs: number;
}

/** Payment requests that several payers want to pay at once, while their payee cancels some and others expire. */
export const requestWorkload: Workload = {
  name: "payment requests",
  async open(session): Promise<RequestClient> {
    const client = new RequestClient();
    await client.accounts.of(session);
    return client;
  },
  check: checkRequests,
};

class RequestClient implements OpenWorkload {
  readonly accounts = new TestAccounts({ count: ACCOUNTS });
  readonly #requests: KnownRequest[] = [];

  async step(session: HistorySession): Promise<void> {
    const accounts = await this.accounts.of(session).catch(() => undefined);
    const account = session.pick(accounts ?? []);
    if (account === undefined) return;
    const share = session.random();
    const isOld = session.random() < 0.2;
    const request = session.pick(isOld ? this.#requests : this.#requests.slice(-ACTIVE));
    if (share < 0.25 || request === undefined) return await this.#create(session, account);
    if (share < 0.65) return await this.#pay(session, request, account);
    if (share < 0.72) return await this.#cancel(session, request);
    await this.#read(session, request);
  }

  async finish(sessions: readonly HistorySession[]): Promise<void> {
    await this.#payExpired(sessions);
    for (const [account, owner] of this.accounts.owners) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (session !== undefined) await readStatements(session, account);
    }
    for (const { id, payee } of this.#requests.slice(-REVIEWED)) {
      const session = sessions.find((one) => ownerOf(one) === this.accounts.owners.get(payee));
      const token = session?.lastToken;
      await session?.record({ action: "revisions", key: id, input: { ...tokenInput(token) } }, async () => {
        const path = `/v1/payment-requests/${id}/revisions?limit=200`;
        const { status, body } = await session.send({ path, headers: tokenHeader(token) });
        const data = member(body, "data");
        const states = isArray(data) ? data.map((one) => textMember(one, "status") ?? "") : [];
        return status === 200
          ? { outcome: "ok", output: { states } }
          : { outcome: "fail", output: { status } };
      });
    }
  }

  remove(sessions: readonly HistorySession[]): Promise<void> {
    return this.accounts.remove(sessions);
  }

  /** Pays requests with short lifetimes once they have expired: a quick history ends before that. */
  async #payExpired(sessions: readonly HistorySession[]): Promise<void> {
    const short = this.#requests.slice(-REVIEWED).filter(({ isShort }) => isShort);
    const restMs = Math.max(0, ...short.map(({ expiresMs }) => expiresMs - Date.now() + 10));
    await new Promise((resolve) => setTimeout(resolve, restMs));
    for (const request of short) {
      const payer = [...this.accounts.owners].find(([account]) => account !== request.payee);
      const session = sessions.find((one) => ownerOf(one) === payer?.[1]);
      if (payer !== undefined && session !== undefined) await this.#pay(session, request, payer[0]);
    }
  }

  async #create(session: HistorySession, payee: string): Promise<void> {
    const isShort = session.random() < 0.25;
    const lifetimeMs = isShort ? Math.ceil(session.random() * SHORT_MS) : LONG_MS;
    const [id, amount] = [newKey(), (1 + session.random() * 3).toFixed(2)];
    const expiresMs = Date.now() + lifetimeMs;
    this.#requests.push({ id, payee, amount, isShort, expiresMs });
    await session.write(
      { action: "request", key: id, input: { to: payee, amount, lifetimeMs } },
      {
        ...{ method: "PUT", path: `/v1/payment-requests/${id}` },
        // Its payment has the description, and therefore the id.
        body: {
          payeeAccountId: payee,
          amount: { amount, currency: CURRENCY },
          description: id,
          expiresAt: new Date(expiresMs).toISOString(),
        },
      },
      outputOf,
    );
  }

  async #pay(session: HistorySession, { id, payee: to, amount }: KnownRequest, from: string): Promise<void> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const { outcome, status } = await session.write(
        { action: "pay", key: id, input: { from, to, amount } },
        {
          ...{ method: "PUT", path: `/v1/payment-requests/${id}/payment` },
          ...{ headers: { "If-Match": "*" }, body: { payerAccountId: from } },
        },
        outputOf,
      );
      if (outcome === "ok" || (status >= 400 && status < 500) || session.random() < 0.3) return;
    }
  }

  async #cancel(session: HistorySession, { id, payee }: KnownRequest): Promise<void> {
    if (this.accounts.owners.get(payee) !== ownerOf(session)) return;
    await session.write(
      { action: "cancel", key: id, input: {} },
      { method: "POST", path: `/v1/payment-requests/${id}/cancel`, headers: { "If-Match": "*" } },
      outputOf,
    );
  }

  async #read(session: HistorySession, { id }: KnownRequest): Promise<void> {
    const token = session.token();
    await session.record({ action: "status", key: id, input: { ...tokenInput(token) } }, async () => {
      const path = `/v1/payment-requests/${id}`;
      return shown(await session.send({ path, headers: tokenHeader(token) }));
    });
  }
}

function shown({ status, body }: Exchange): Completion {
  if (status === 404) return { outcome: "ok", output: { missing: true } };
  if (status !== 200) return { outcome: "fail", output: { status } };
  const { status: state, paymentId } = itemOf(body);
  return {
    outcome: "ok",
    output: { state: String(state), ...paymentId !== undefined && { payment: String(paymentId) } },
  };
}
