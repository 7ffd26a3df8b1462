import { openAccountAt } from "../../testing/payment_calls.ts";
import type { CrashTestAccount } from "./intent_source.ts";

/** Number of accounts by currency; 50 in total. */
const ACCOUNTS: Readonly<Record<string, number>> = { BRL: 30, JPY: 12, KWD: 8 };

/** Opens accounts, each of a new profile, through the service at a URL. */
export async function openCrashTestAccounts(url: string): Promise<readonly CrashTestAccount[]> {
  const accounts: CrashTestAccount[] = [];
  for (const [currency, count] of Object.entries(ACCOUNTS)) {
    for (let number = 0; number < count; number++) {
      accounts.push({ id: await openAccountAt(url, { currency }), currency });
    }
  }
  return accounts;
}
