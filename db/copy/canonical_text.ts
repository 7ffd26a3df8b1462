import type { Querier } from "../db.ts";

/** Settings that determine the text of values (PostgreSQL, "Client Connection Defaults"). */
const SETTINGS = {
  bytea_output: "hex",
  DateStyle: "ISO, YMD",
  extra_float_digits: "1",
  IntervalStyle: "postgres",
  lc_monetary: "C",
  TimeZone: "UTC",
  xmlbinary: "base64",
};

/** Statement with the same effect as {@link useCanonicalText}, and with standard literals. */
export const canonicalTextStatement: string = `SELECT ${
  Object.entries({ ...SETTINGS, client_encoding: "UTF8", standard_conforming_strings: "on" })
    .map(([name, value]) => `set_config('${name}', '${value}', true)`).join(", ")
}`;

const CALLS = Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', true)`);

/** Gives values the same text on every server, which reads back unchanged. Lasts until the end of the transaction. */
export async function useCanonicalText(transaction: Querier): Promise<void> {
  await transaction.query(`SELECT ${CALLS.join(", ")}`);
}
