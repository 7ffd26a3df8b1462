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
 * Opens two accounts in BRL, the first one with 100.00. The placeholders are `{payer}` (`{payercapitals}`), `{payee}`, and
 * the payer's `{profile}`.
 */
export async function accounts(client: Client): Promise<Prepared & Required<Pick<Prepared, "paths">>> {
  const paths: string[] = [];
  const open = async (): Promise<{ readonly profile: string; readonly account: string }> => {
    const profile = await create(client, "/v1/profiles", { body: { name: "Ada" } });
    paths.push(`/v1/profiles/${profile}`);
    const body = { profileId: profile, currency: BRL };
    return { profile, account: await create(client, "/v1/accounts", { body }) };
  };
  const [payer, payee] = [await open(), await open()];
  const deposit = { amount: { amount: "100.00", currency: BRL } };
  await create(client, `/v1/accounts/${payer.account}/deposits`, { body: deposit });
  return {
    placeholders: {
      payer: payer.account,
      payee: payee.account,
      payercapitals: payer.account.toUpperCase(),
      profile: payer.profile,
    },
    paths,
  };
}

/** Opens two accounts like {@link accounts}, and deletes the payee's profile. */
export async function orphan(client: Client): Promise<Prepared> {
  const prepared = await accounts(client);
  await deleteItem(client, prepared.paths[1] ?? "");
  return prepared;
}

/**
 * Opens two accounts and settles a payment of 10.00. The placeholders are `{payment}`, its `{key}`, a cursor of the
 * payer's statement in `{entries}`, and a cursor of the list of profiles in `{profiles}`.
 */
export async function payment(client: Client): Promise<Prepared> {
  const { placeholders, paths } = await accounts(client);
  const { payer, payee } = placeholders;
  const key = crypto.randomUUID();
  const body = {
    payerAccountId: payer,
    payeeAccountId: payee,
    amount: { amount: "10.00", currency: BRL },
  };
  const id = await create(client, "/v1/payments", { body, key });
  const entries = await nextCursor(client, `/v1/accounts/${payer}/entries`);
  const profiles = await nextCursor(client, "/v1/profiles");
  return { placeholders: { ...placeholders, key, payment: id, entries, profiles }, paths };
}

/** Creates something and returns its id. */
async function create(
  client: Client,
  path: string,
  { body, key = crypto.randomUUID() }: { readonly body: unknown; readonly key?: string },
): Promise<string> {
  return (await json<Created>(await post(client, path, { body, key }), 201)).data.id;
}

async function nextCursor(client: Client, list: string): Promise<string> {
  return (await json<CursorPage>(await ask(client, `${list}?limit=1`), 200)).meta.nextCursor;
}
