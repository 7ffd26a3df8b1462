import type { Querier } from "../db.ts";

/** Settings that the text form of values depends on (PostgreSQL, "Client Connection Defaults"). */
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

/** Gives values the same text on every server until the end of the transaction, which reads back unchanged. */
export async function useCanonicalText(transaction: Querier): Promise<void> {
  await transaction.query(`SELECT ${CALLS.join(", ")}`);
}
