import { v4 as newKey } from "uuid";
import { SetupError } from "@archway/conformance/client.ts";
import { itemOf } from "@archway/conformance/derived/subjects.ts";
import type { Exchange } from "@archway/conformance/history/history_client.ts";
import type { HistorySession } from "@archway/conformance/history/workload.ts";
import { textMember } from "@archway/service_kit/json_value.ts";

/** Currency of all accounts and amounts. */
export const CURRENCY = "BRL";
const OPENING = "100.00";

/** Options of {@link TestAccounts}. */
interface TestAccountsOptions {
  /** Number of accounts of each owner. */
  readonly count: number;
  /** Whether they are opened without money. @default {false} */
  readonly isEmpty?: boolean;
}

/** Accounts of the owners of clients, which are opened for the first operation of each. */
export class TestAccounts {
  /** Accounts that were opened, with their owners. */
  readonly owners = new Map<string, string>();
  readonly #options: TestAccountsOptions;
  readonly #opened = new Map<string, Promise<readonly string[]>>();
  readonly #profiles: { readonly owner: string; readonly path: string }[] = [];

  constructor(options: TestAccountsOptions) {
    this.#options = options;
  }

  /** Returns the accounts of the client's owner. @throws {SetupError} if they could not be opened. */
  of(session: HistorySession): Promise<readonly string[]> {
    const owner = ownerOf(session);
    const accounts = this.#opened.get(owner) ?? this.#openAll(session);
    this.#opened.set(owner, accounts);
    accounts.catch(() => this.#opened.delete(owner));
    return accounts;
  }

  /** Opens an empty account with a profile of its own. @throws {SetupError} if that failed. */
  async open(session: HistorySession): Promise<string> {
    const owner = ownerOf(session);
    const profile = await session.send({ method: "POST", path: "/v1/profiles", body: { name: "Ada" } });
    const profileId = idIn(profile);
    this.#profiles.push({ owner, path: `/v1/profiles/${profileId}` });
    const body = { profileId, currency: CURRENCY };
    return idIn(await session.send({ method: "POST", path: "/v1/accounts", body }));
  }

  async deposit(session: HistorySession, account: string, amount: string): Promise<void> {
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

  /** Deletes the profiles. Accounts and movements of money are permanent. */
  async remove(sessions: readonly HistorySession[]): Promise<void> {
    for (const { owner, path } of this.#profiles) {
      const session = sessions.find((one) => ownerOf(one) === owner);
      await session?.send({ method: "DELETE", path, headers: { "If-Match": "*" } });
    }
  }

  async #openAll(session: HistorySession): Promise<readonly string[]> {
    const accounts: string[] = [];
    const { count, isEmpty = false } = this.#options;
    while (accounts.length < count) accounts.push(await this.open(session));
    for (const account of isEmpty ? [] : accounts) await this.deposit(session, account, OPENING);
    for (const account of accounts) this.owners.set(account, ownerOf(session));
    return accounts;
  }
}

/** Returns the credentials of a client, which stand for its owner. */
export function ownerOf({ client: { fields } }: HistorySession): string {
  return fields.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
}

/** Returns the output of a write: the id of what it made, or status and problem. */
export function outputOf({ outcome, status, body }: Exchange): Readonly<Record<string, string | number>> {
  if (outcome === "ok") return { id: String(itemOf(body)["id"]) };
  return { status, problem: textMember(body, "type")?.split("/").at(-1) ?? "" };
}

/** @throws {SetupError} if nothing was created. */
function idIn({ status, body }: Exchange): string {
  const id = itemOf(body)["id"];
  if (status === 201 && typeof id === "string") return id;
  throw new SetupError(`opening accounts responded ${status}`);
}
