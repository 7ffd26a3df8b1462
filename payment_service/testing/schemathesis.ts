import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const ACCOUNTS = 8;
const CURRENCY = "BRL";
const AMOUNT = { amount: "12.34", currency: CURRENCY };
const EXPIRES_AT = new Date(Date.now() + 30 * 86_400_000).toISOString();
const CURRENCIES = [CURRENCY, CURRENCY, "JPY", "KWD"];

/** Setup for generated requests: accounts, and payments from all others to the first one. */
export const schemathesis: FuzzSetup = {
  async fill(client): Promise<Hints> {
    const profiles: string[] = [];
    const accounts: string[] = [];
    for (let index = 0; index < ACCOUNTS; index++) {
      const profileId = await client.create("/v1/profiles", { name: `Payer ${index}` });
      const id = await client.create("/v1/accounts", { profileId, currency: CURRENCY });
      await client.create(`/v1/accounts/${id}/deposits`, { amount: { ...AMOUNT, amount: "1000000.00" } });
      // Profiles without an account, for which one can be opened.
      profiles.push(profileId, await client.create("/v1/profiles", { name: `Person ${index}` }));
      accounts.push(id);
    }
    const [payee = "", ...payers] = accounts;
    const payments: string[] = [];
    for (const payer of payers) {
      const body = { payerAccountId: payer, payeeAccountId: payee, amount: AMOUNT };
      payments.push(await client.create("/v1/payments", body));
    }
    const requests: string[] = [];
    for (const payer of payers) {
      const body = { payeeAccountId: payee, payerAccountId: payer, amount: AMOUNT, expiresAt: EXPIRES_AT };
      requests.push(await client.create("/v1/payment-requests", body));
    }
    return {
      // Of accounts, and of payment requests without texts.
      "header.If-Match": ["*", '"1"', '"10"', '"20"', 'W/"10"', '"10", "20"'],
      "body.expiresAt": [EXPIRES_AT, "2020-01-01T00:00:00Z"],
      ...await client.cursors(
        "/v1/accounts",
        "/v1/payments",
        "/v1/payment-requests",
        `/v1/accounts/${payee}/entries`,
      ),
      // Ids of both kinds, so that some exist and others are missing.
      "path.id": [...accounts, ...payments, ...requests],
      "query.accountId": accounts,
      "query.profileId": profiles,
      "body.profileId": profiles,
      "body.currency": CURRENCIES,
      "body.payerAccountId": accounts,
      "body.payeeAccountId": accounts.toReversed(),
      "body.amount.amount": ["0.01", "1.00", "12.34", "1000000.01", "1", "1.000"],
      "body.amount.currency": CURRENCIES,
    };
  },
};
