import type { Dictionaries } from "./configuration.ts";
import type { FillingClient } from "./filling_client.ts";

/** Profiles that get an account; all others have none yet. */
const ACCOUNTS = 8;
const CURRENCY = "BRL";
/** Nobody listens there: what is told fails, and can be told again. */
const URLS = ["http://127.0.0.1:9/", "http://127.0.0.1:9/hook?a=b", "http://localhost:9/"];
const AMOUNT = { amount: "12.34", currency: CURRENCY };

/** What is filled in. */
export interface FillPaymentsOptions {
  readonly profiles: readonly string[];
  /** Whether webhooks may lead to this machine: else there are none. */
  readonly webhooksAllowed: boolean;
}

/** Opens accounts of profiles, and lets some pay others and be told of it; gives what no generator could guess about them. */
export async function fillPayments(
  client: FillingClient,
  { profiles, webhooksAllowed }: FillPaymentsOptions,
): Promise<Dictionaries> {
  const webhooks: string[] = [];
  for (const url of webhooksAllowed ? URLS : []) {
    const eventTypes = ["payment.settled", "payment.refunded", "account.closed"];
    webhooks.push((await client.create("/v1/webhooks", { url, eventTypes })).data.id);
  }
  const accounts: string[] = [];
  for (const profileId of profiles.slice(0, ACCOUNTS)) {
    const { data: { id } } = await client.create("/v1/accounts", { profileId, currency: CURRENCY });
    await client.create(`/v1/accounts/${id}/deposits`, { amount: { ...AMOUNT, amount: "1000000.00" } });
    accounts.push(id);
  }
  const [payee = "", ...payers] = accounts;
  const payments: string[] = [];
  const tokens: string[] = [];
  for (const payer of payers) {
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: AMOUNT };
    const { data, token } = await client.create("/v1/payments", body);
    payments.push(data.id);
    tokens.push(token);
  }
  const lists = ["/v1/accounts", "/v1/payments", `/v1/accounts/${payee}/entries`];
  if (webhooksAllowed) lists.push("/v1/webhooks");
  const cursors = await Promise.all(lists.map((list) => client.cursors(list)));
  return {
    tokens: tokens.slice(0, 3),
    conditions: ["*", '"1"', '"2"', 'W/"1"', '"1", "2"'],
    next: cursors.map(({ next }) => next),
    previous: cursors.map(({ previous }) => previous),
    urls: URLS,
    // Of every kind: what is one is not there as the other.
    ids: [...accounts, ...payments, ...webhooks],
    profiles,
    accounts,
    payees: accounts.toReversed(),
    currencies: [CURRENCY, CURRENCY, "JPY", "KWD"],
    amounts: ["0.01", "1.00", "12.34", "1000000.01", "1", "1.000"],
  };
}
