import { ask, type Client, deleteItem, json, post } from "@archway/tools/support/conformance/client.ts";
import type { Prepared } from "@archway/tools/support/conformance/row.ts";

interface Created {
  readonly data: { readonly id: string };
}

interface CursorPage {
  readonly meta: { readonly nextCursor: string };
}

const BRL = "BRL";

/**
 * Sets up two accounts in BRL, the payer's with 90.00 after a payment of 10.00 to the payee's: `{payer}`
 * (`{payercapitals}`), `{payee}`, `{profile}` of the payer, `{payment}`, its `{key}`, `{entries}`, a cursor of the payer's
 * statement, and `{profiles}`, a cursor of the list of profiles.
 */
export async function paymentBetweenAccounts(
  client: Client,
): Promise<Prepared & Required<Pick<Prepared, "paths">>> {
  const paths: string[] = [];
  const open = async (): Promise<{ readonly profile: string; readonly account: string }> => {
    const profile = await create(client, "/v1/profiles", { body: { name: "Ada" } });
    paths.push(`/v1/profiles/${profile}`);
    const body = { profileId: profile, currency: BRL };
    return { profile, account: await create(client, "/v1/accounts", { body }) };
  };
  const [{ profile, account: payer }, { account: payee }] = [await open(), await open()];
  await create(client, `/v1/accounts/${payer}/deposits`, {
    body: { amount: { amount: "100.00", currency: BRL } },
  });
  const key = crypto.randomUUID();
  const body = { payerAccountId: payer, payeeAccountId: payee, amount: { amount: "10.00", currency: BRL } };
  const payment = await create(client, "/v1/payments", { body, key });
  const entries = await nextCursor(client, `/v1/accounts/${payer}/entries`);
  const profiles = await nextCursor(client, "/v1/profiles");
  const placeholders = {
    payer,
    payee,
    profile,
    payment,
    key,
    entries,
    profiles,
    payercapitals: payer.toUpperCase(),
  };
  return { placeholders, paths };
}

/** Sets up the same, and deletes the payee's profile. */
export async function deletedPayee(client: Client): Promise<Prepared> {
  const prepared = await paymentBetweenAccounts(client);
  await deleteItem(client, prepared.paths[1] ?? "");
  return prepared;
}

/** Creates an item and returns its id. */
async function create(
  client: Client,
  path: string,
  body: { readonly body: unknown; readonly key?: string },
): Promise<string> {
  return (await json<Created>(await post(client, path, body), 201)).data.id;
}

async function nextCursor(client: Client, list: string): Promise<string> {
  return (await json<CursorPage>(await ask(client, `${list}?limit=1`), 200)).meta.nextCursor;
}
