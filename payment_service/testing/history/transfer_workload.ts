import { v4 as newKey } from "uuid";
import { SetupError } from "@archway/conformance/client.ts";
import { textMember } from "@archway/service_kit/json_value.ts";
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
import { readStatements } from "./read_statements.ts";

const CURRENCY = "BRL";
/** Accounts of each owner. */
const ACCOUNTS = 3;
const OPENING = "100.00";
const MAX_ATTEMPTS = 4;

/** Transfer that a client wants to happen once. */
interface Transfer {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  /** "PUT" with the key as the id of the payment, "POST" with it as the Idempotency-Key. */
  readonly via: "POST" | "PUT";
  readonly owner: string;
}

/** Transfers between a few accounts, repeated where their outcome is unknown, and reads of balances. */
export const transferWorkload: Workload = {
  name: "transfers",
  async open(session): Promise<TransferClient> {
    const client = new TransferClient();
    await client.accountsOf(session);
    return client;
  },
  check: checkTransfers,
};

class TransferClient implements OpenWorkload {
  readonly #accounts = new Map<string, Promise<readonly string[]>>();
  readonly #open: string[] = [];
  /** Profiles by owner. */
  readonly #profiles: { readonly owner: string; readonly path: string }[] = [];
  readonly #transfers: Transfer[] = [];
  #deposits = 0;

  /** Returns the accounts of the client's owner, which are opened for its first operation. */
  accountsOf(session: HistorySession): Promise<readonly string[]> {
    const owner = ownerOf(session);
    const accounts = this.#accounts.get(owner) ?? this.#openAccounts(session);
    this.#accounts.set(owner, accounts);
    accounts.catch(() => this.#accounts.delete(owner));
    return accounts;
  }

  async step(session: HistorySession): Promise<void> {
    const accounts = await this.accountsOf(session).catch(() => undefined);
    const account = session.pick(accounts ?? []);
    if (account === undefined) return;
    const share = session.random();
    const old = session.pick(this.#transfers);
    if (share < 0.3) return await this.#readBalance(session, account);
    if (share < 0.35) return await this.#deposit(session, account, `${1 + ++this.#deposits}.01`);
    if (share < 0.45 && old !== undefined) {
      await (old.owner === ownerOf(session) ? this.#send(session, old) : this.#reuse(session, old));
      return;
    }
    const to = session.pick(this.#open.filter((other) => other !== account));
    if (to === undefined) return;
    const amount = (1 + session.random() * 60).toFixed(2);
    const via = session.random() < 0.7 ? "POST" : "PUT";
    const transfer: Transfer = { key: newKey(), from: account, to, amount, via, owner: ownerOf(session) };
    this.#transfers.push(transfer);
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const { outcome, status } = await this.#send(session, transfer);
      // Repeating is safe, and the documents ask for it.
      if (outcome === "ok" || status === 422 || session.random() < 0.3) return;
    }
  }

  async finish(sessions: readonly HistorySession[]): Promise<void> {
    for (const [owner, accounts] of this.#accounts) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (session !== undefined) await readStatements(session, await accounts.catch(() => []));
    }
  }

  /** Deletes the profiles. Accounts and movements of money are permanent. */
  async remove(sessions: readonly HistorySession[]): Promise<void> {
    for (const { owner, path } of this.#profiles) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      await session?.send({ method: "DELETE", path, headers: { "If-Match": "*" } });
    }
  }

  async #openAccounts(session: HistorySession): Promise<readonly string[]> {
    const accounts: string[] = [];
    while (accounts.length < ACCOUNTS) {
      const profile = await session.send({ method: "POST", path: "/v1/profiles", body: { name: "Ada" } });
      const profileId = idIn(profile);
      this.#profiles.push({ owner: ownerOf(session), path: `/v1/profiles/${profileId}` });
      const body = { profileId, currency: CURRENCY };
      accounts.push(idIn(await session.send({ method: "POST", path: "/v1/accounts", body })));
    }
    for (const account of accounts) await this.#deposit(session, account, OPENING);
    this.#open.push(...accounts);
    return accounts;
  }

  async #deposit(session: HistorySession, account: string, amount: string): Promise<void> {
    const key = newKey();
    await session.write(
      { action: "deposit", key: account, input: { key, amount } },
      {
        ...{ method: "POST", path: `/v1/accounts/${account}/deposits`, headers: { "Idempotency-Key": key } },
        body: { amount: { amount, currency: CURRENCY } },
      },
      outputOf,
    );
  }

  #send(session: HistorySession, { key, from, to, amount, via }: Transfer): Promise<Exchange> {
    const body = {
      ...{ payerAccountId: from, payeeAccountId: to, description: key },
      amount: { amount, currency: CURRENCY },
    };
    const request = via === "POST"
      ? { method: "POST", path: "/v1/payments", headers: { "Idempotency-Key": key }, body }
      : { method: "PUT", path: `/v1/payments/${key}`, body };
    return session.write({ action: "transfer", key, input: { from, to, amount, via } }, request, outputOf);
  }

  /** Repeats the request of another owner, who alone may see its response. */
  async #reuse(session: HistorySession, transfer: Transfer): Promise<void> {
    const { key, from, to, amount, via } = transfer;
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

  async #readBalance(session: HistorySession, account: string): Promise<void> {
    const token = session.token();
    const intent = { action: "balance", key: account, input: { ...tokenInput(token) } };
    await session.record(intent, async () => {
      const { status, body } = await session.send({
        path: `/v1/accounts/${account}`,
        headers: tokenHeader(token),
      });
      const balance = Object(itemOf(body)["balance"]).amount;
      return status === 200
        ? { outcome: "ok", output: { balance: String(balance) } }
        : { outcome: "fail", output: { status } };
    });
  }
}

function ownerOf({ client: { fields } }: HistorySession): string {
  return fields.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
}

/** @throws {SetupError} if nothing was created. */
function idIn({ status, body }: Exchange): string {
  const id = itemOf(body)["id"];
  if (status === 201 && typeof id === "string") return id;
  throw new SetupError(`opening accounts responded ${status}`);
}

function outputOf({ outcome, status, body }: Exchange): Readonly<Record<string, string | number>> {
  if (outcome === "ok") return { id: String(itemOf(body)["id"]) };
  return { status, problem: textMember(body, "type")?.split("/").at(-1) ?? "" };
}
