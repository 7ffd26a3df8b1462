import type { Querier } from "../db.ts";

/** What the text of a value depends on besides the value (PostgreSQL, "Client Connection Defaults"). */
const SETTINGS = {
  bytea_output: "hex",
  DateStyle: "ISO, YMD",
  extra_float_digits: "1",
  IntervalStyle: "postgres",
  lc_monetary: "C",
  TimeZone: "UTC",
  xmlbinary: "base64",
};

const CALLS = Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`);

/** Until the end of the transaction every value has the same text on any server, and is read back as itself. */
export async function useCanonicalText(transaction: Querier): Promise<void> {
  await transaction.query(`SELECT ${CALLS.join(", ")}`);
}
