import { createPaymentClient, ProblemError } from "@archway/api/clients/typescript/payment/client.gen.ts";
import { createProfileClient } from "@archway/api/clients/typescript/profile/client.gen.ts";
import { type Client, deleteItem, limitBody, SetupError } from "@archway/conformance/client.ts";
import type { Prepared } from "@archway/conformance/row.ts";

const BRL = "BRL";

/**
 * Sets up two accounts in BRL, the payer's with 90.00 after a payment of 10.00 to the payee's: `{payer}`
 * (`{payercapitals}`), `{payee}`, `{profile}` of the payer, `{payment}`, its `{key}`, `{entries}`, a cursor of the payer's
 * statement, and `{profiles}`, a cursor of the list of profiles.
 */
export async function paymentBetweenAccounts(
  client: Client,
): Promise<Prepared & Required<Pick<Prepared, "paths">>> {
  try {
    return await prepare(client);
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    throw new SetupError(`Status ${cause.status}: ${cause.message}`, { cause });
  }
}

async function prepare(
  { origin: { origin: baseUrl }, fields, timeoutMs }: Client,
): Promise<Prepared & Required<Pick<Prepared, "paths">>> {
  // A redirection would send the fields elsewhere.
  const send = async (request: Request): Promise<Response> =>
    limitBody(await fetch(request, { redirect: "manual" }));
  const options = { baseUrl, headers: Object.fromEntries(fields), timeoutMs, fetch: send };
  const [people, money] = [createProfileClient(options), createPaymentClient(options)];
  const open = async (): Promise<{ readonly profile: string; readonly account: string }> => {
    const profile = (await people.POST("/v1/profiles", { body: { name: "Ada" } })).data.data.id;
    paths.push(`/v1/profiles/${profile}`);
    const body = { profileId: profile, currency: BRL } as const;
    return { profile, account: (await money.POST("/v1/accounts", { body })).data.data.id };
  };
  const paths: string[] = [];
  const [{ profile, account: payer }, { account: payee }] = [await open(), await open()];
  const params = { path: { id: payer } };
  await money.POST("/v1/accounts/{id}/deposits", {
    params,
    body: { amount: { amount: "100.00", currency: BRL } },
  });
  const key = crypto.randomUUID();
  const { data: { data: { id: payment } } } = await money.POST("/v1/payments", {
    params: { header: { "Idempotency-Key": key } },
    body: { payerAccountId: payer, payeeAccountId: payee, amount: { amount: "10.00", currency: BRL } },
  });
  const statement = await money.GET("/v1/accounts/{id}/entries", {
    params: { ...params, query: { limit: 1 } },
  });
  const list = await people.GET("/v1/profiles", { params: { query: { limit: 1 } } });
  const placeholders = {
    payer,
    payee,
    profile,
    payment,
    key,
    entries: statement.data.meta.nextCursor ?? "",
    profiles: list.data.meta.mode === "cursor" ? list.data.meta.nextCursor ?? "" : "",
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
