import type { PoolConfig } from "../pool_config.ts";

const second = 1000;

/**
 * What a session is told when it is opened. The column parsers rely on times in UTC and dates in ISO form. A pooler
 * hands these on to whichever session it uses, the date's style as the server spells it, or it would set it again
 * before every transaction; the rest it refuses, because it could not keep it to the one who asked for it.
 */
export function sessionSettings(
  config: Omit<PoolConfig, "primary" | "replicas">,
  { readOnly }: { readonly readOnly: boolean },
): Readonly<Record<string, string | number | boolean>> {
  const kept = {
    application_name: config.applicationName ?? "archway",
    TimeZone: "UTC",
    DateStyle: "ISO, MDY",
  };
  if (config.pooler === "transaction") return kept;
  const statementTimeout = config.statementTimeoutMs ?? 30 * second;
  const transactionTimeout = config.transactionTimeoutMs ?? 60 * second;
  return {
    ...kept,
    ...(readOnly ? { default_transaction_read_only: true } : {}),
    ...(statementTimeout > 0 ? { statement_timeout: statementTimeout } : {}),
    ...(transactionTimeout > 0 ? { transaction_timeout: transactionTimeout } : {}),
  };
}
