import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

const second = 1000;

/** Settings that values depend on. */
const valueSettings: Readonly<Record<string, string>> = {
  bytea_output: "hex",
  array_nulls: "on",
  // The shortest text from which the same number is read.
  extra_float_digits: "1",
  // Commits that no standby has confirmed are reported as a warning.
  client_min_messages: "notice",
  default_transaction_isolation: "read committed",
};

/**
 * Returns an SQL expression that sets further settings, in a session that belongs to the program. A session does not
 * start with them, since poolers refuse those that they do not know, and servers of earlier versions
 * `transaction_timeout`.
 */
export function pinSettings(
  { transactionTimeoutMs = 60 * second }: Pick<PoolConfig, "transactionTimeoutMs">,
): string {
  const settings = Object.entries(valueSettings).map(([name, value]) => setConfig(name, value));
  return `concat(${settings.join(", ")}, CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
    THEN ${setConfig("transaction_timeout", String(transactionTimeoutMs))} END)`;
}

function setConfig(name: string, value: string): string {
  return `set_config('${name}', '${value}', false)`;
}

/**
 * Returns the settings that a session starts with. They outrank those of the role and the database: the column parsers
 * rely on times in UTC and dates in ISO format, and the program on its timeouts, also where they are disabled. A pooler
 * applies these to every session it uses; the date style is spelled as the server reports it, or the pooler would set
 * it again before every transaction. It rejects other settings, which it cannot restrict to one client.
 */
export function sessionSettings(
  { options }: Pick<InstanceConfig, "options">,
  config: Omit<PoolConfig, "primary" | "replicas">,
  { readOnly }: { readonly readOnly: boolean },
): Readonly<Record<string, string>> {
  const tracked = {
    ...(options === undefined ? {} : { options }),
    application_name: config.applicationName ?? "archway",
    TimeZone: "UTC",
    DateStyle: "ISO, MDY",
    standard_conforming_strings: "on",
  };
  if (config.pooler === "transaction") return tracked;
  return {
    ...tracked,
    ...(readOnly ? { default_transaction_read_only: "on" } : {}),
    // As texts, since postgres.js leaves out the number 0.
    statement_timeout: String(config.statementTimeoutMs ?? 30 * second),
  };
}
