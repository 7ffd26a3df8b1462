import type { StormAccount } from "./intent_source.ts";

/** How many accounts there are in each currency: 50 in all. */
const ACCOUNTS: Readonly<Record<string, number>> = { BRL: 30, JPY: 12, KWD: 8 };

/** Opens accounts, each of a profile of its own, through the service at a URL. */
export async function openStormAccounts(url: string): Promise<readonly StormAccount[]> {
  const accounts: StormAccount[] = [];
  for (const [currency, count] of Object.entries(ACCOUNTS)) {
    for (let number = 0; number < count; number++) {
      const profileId = await create(`${url}/v1/profiles`, { name: `${currency} ${number}` });
      accounts.push({ id: await create(`${url}/v1/accounts`, { profileId, currency }), currency });
    }
  }
  return accounts;
}

async function create(url: string, body: unknown): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`Setting up failed: ${response.status} ${text}`);
  const { data }: { readonly data: { readonly id: string } } = JSON.parse(text);
  return data.id;
}
