import { ask, type Client, deleteProfile, json, post } from "./client.ts";
import type { Placeholders } from "./render_request.ts";
import type { GivenMoney } from "./row.ts";

/** What was set up. */
export interface AccountSetting {
  readonly placeholders: Placeholders;
  /** Of the profiles, which are to be deleted. */
  readonly paths: readonly string[];
}

interface Made {
  readonly data: { readonly id: string };
}

const BRL = "BRL";

/** Sets up two accounts, and what else a row about money needs. */
export async function setUpAccounts(client: Client, given: GivenMoney): Promise<AccountSetting> {
  const paths: string[] = [];
  const open = async (): Promise<{ readonly profile: string; readonly account: string }> => {
    const name = `Given ${crypto.randomUUID()}`;
    const { data: { id } } = await json<Made>(await post(client, "/v1/profiles", { body: { name } }), 201);
    paths.push(`/v1/profiles/${id}`);
    const account = await post(client, "/v1/accounts", { body: { profileId: id, currency: BRL } });
    return { profile: id, account: (await json<Made>(account, 201)).data.id };
  };
  const [payer, payee] = [await open(), await open()];
  const deposit = { amount: { amount: "100.00", currency: BRL } };
  await json(
    await post(client, `/v1/accounts/${payer.account}/deposits`, { body: deposit, key: crypto.randomUUID() }),
    201,
  );
  const fresh = crypto.randomUUID();
  const placeholders: Placeholders = {
    payer: payer.account,
    payee: payee.account,
    payercapitals: payer.account.toUpperCase(),
    profile: payer.profile,
    // Ids that nothing has.
    fresh,
    freshcapitals: fresh.toUpperCase(),
  };
  if (given === "accounts") return { placeholders, paths };
  if (given === "orphan") {
    await deleteProfile(client, paths[1] ?? "");
    return { placeholders, paths };
  }
  const key = crypto.randomUUID();
  const amount = { amount: "10.00", currency: BRL };
  const body = { payerAccountId: payer.account, payeeAccountId: payee.account, amount };
  const payment = await json<Made>(await post(client, "/v1/payments", { body, key }), 201);
  const statement = await ask(client, `/v1/accounts/${payer.account}/entries?limit=1`);
  const { meta } = await json<{ readonly meta: { readonly nextCursor: string } }>(statement, 200);
  return {
    placeholders: { ...placeholders, key, payment: payment.data.id, entries: meta.nextCursor },
    paths,
  };
}
