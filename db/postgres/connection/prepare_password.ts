import { outsideTransactions } from "../../outside_transactions.ts";

/** Maximum code point of ASCII, which SASLprep keeps as it is. */
const ascii = /^[\x20-\x7e]*$/;

/**
 * Returns a password as SCRAM expects it: normalized by SASLprep, or unchanged if that prohibits a character (RFC 5802,
 * section 5.1, and pg_saslprep() of PostgreSQL).
 */
export async function preparePassword(password: string): Promise<string> {
  if (ascii.test(password)) return password;
  // Its tables of characters are rarely needed.
  const { saslprep } = await outsideTransactions(() => import("@mongodb-js/saslprep"));
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
