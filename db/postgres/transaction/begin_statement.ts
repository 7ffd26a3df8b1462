import type { IsolationLevel } from "../../db.ts";

/** Settings of a transaction on the server. */
export interface BeginOptions {
  /** @default "read committed" */
  readonly isolation?: IsolationLevel | undefined;
  readonly readOnly?: boolean | undefined;
  readonly lockTimeoutMs?: number | undefined;
  /** Timeout of the whole transaction, in milliseconds. */
  readonly transactionTimeoutMs?: number | undefined;
  /** Timeout of each statement, in milliseconds. */
  readonly statementTimeoutMs?: number | undefined;
}

const levels: Readonly<Record<IsolationLevel, string>> = {
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
  "serializable": "SERIALIZABLE",
};

/** Returns BEGIN and the settings of this transaction as one message. Others keep the session's values. */
export function beginStatement(options: BeginOptions): string {
  const { isolation = "read committed", readOnly } = options;
  // Always named, since the default may be that of the role or the database.
  const modes = `ISOLATION LEVEL ${levels[isolation]}${readOnly === true ? ", READ ONLY" : ""}`;
  const settings = [
    // The timer of the session's setting has run since BEGIN, and only 0 stops it (assign_transaction_timeout()).
    options.transactionTimeoutMs === undefined ? "" : "; SET LOCAL transaction_timeout = 0",
    setting("transaction_timeout", options.transactionTimeoutMs),
    setting("statement_timeout", options.statementTimeoutMs),
    setting("lock_timeout", options.lockTimeoutMs),
  ];
  return `BEGIN ${modes}${settings.join("")}`;
}

/** Returns a setting in whole milliseconds. An expired timeout becomes 1, as 0 disables it. */
function setting(name: string, milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : `; SET LOCAL ${name} = ${Math.max(1, Math.ceil(milliseconds))}`;
}
