import { itemOf } from "@archway/conformance/derived/subjects.ts";
import type { HistorySession } from "@archway/conformance/history/workload.ts";
import { outputOf, ownerOf, type TestAccounts } from "./test_accounts.ts";

/** Number of accounts that are open at a time. */
const MAX_OPEN = 2;
/** Number of accounts of a run, whose statements are all read at its end. */
const MAX_ACCOUNTS = 24;

/** Accounts that are opened to be closed, while others pay to them. */
export class ClosingAccounts {
  /** All accounts, with their owners. */
  readonly owners = new Map<string, string>();
  /** Accounts that may still be open. */
  readonly open: string[] = [];
  readonly #accounts: TestAccounts;

  constructor(accounts: TestAccounts) {
    this.#accounts = accounts;
  }

  /** Opens or closes an account. Returns what has to be transferred from one before it can be closed. */
  async step(
    session: HistorySession,
  ): Promise<{ readonly from: string; readonly amount: string } | undefined> {
    const owner = ownerOf(session);
    const own = this.open.filter((account) => this.owners.get(account) === owner);
    const account = session.pick(own);
    if (account === undefined) {
      if (this.open.length < MAX_OPEN && this.owners.size < MAX_ACCOUNTS) await this.#open(session);
      return undefined;
    }
    const closing = await session.write(
      { action: "close", key: account, input: {} },
      { method: "POST", path: `/v1/accounts/${account}/close`, headers: { "If-Match": "*" } },
      outputOf,
    );
    const { problem } = outputOf(closing);
    const index = this.open.indexOf(account);
    if ((closing.outcome === "ok" || problem === "account-closed") && index >= 0) this.open.splice(index, 1);
    if (problem !== "balance-not-zero") return undefined;
    const found = await session.send({ path: `/v1/accounts/${account}` });
    const { amount } = Object(itemOf(found.body)["balance"]);
    return found.status === 200 && Number(amount) > 0 ? { from: account, amount: String(amount) } : undefined;
  }

  async #open(session: HistorySession): Promise<void> {
    const account = await this.#accounts.open(session).catch(() => undefined);
    if (account === undefined) return;
    this.owners.set(account, ownerOf(session));
    this.open.push(account);
  }
}
