import type { IsolationLevel } from "../../db.ts";

/** What the server is told of a transaction when it begins. */
export interface BeginOptions {
  readonly isolation?: IsolationLevel | undefined;
  readonly readOnly?: boolean | undefined;
  readonly lockTimeoutMs?: number | undefined;
  /** How long the whole transaction may last, in milliseconds. */
  readonly transactionTimeoutMs?: number | undefined;
  /** How long each statement may last, in milliseconds. */
  readonly statementTimeoutMs?: number | undefined;
}

const levels: Readonly<Record<IsolationLevel, string>> = {
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
  "serializable": "SERIALIZABLE",
};

/** BEGIN and what holds for this transaction alone, as one message. What is not said is as the session has it. */
export function beginStatement(options: BeginOptions): string {
  const { isolation, readOnly } = options;
  const modes = [
    ...(isolation === undefined ? [] : [`ISOLATION LEVEL ${levels[isolation]}`]),
    ...(readOnly === true ? ["READ ONLY"] : []),
  ];
  const settings = [
    // The clock of the session's own runs since BEGIN, and only nothing stops it (assign_transaction_timeout()).
    options.transactionTimeoutMs === undefined ? "" : "; SET LOCAL transaction_timeout = 0",
    setting("transaction_timeout", options.transactionTimeoutMs),
    setting("statement_timeout", options.statementTimeoutMs),
    setting("lock_timeout", options.lockTimeoutMs),
  ];
  return `${["BEGIN", modes.join(", ")].join(" ").trim()}${settings.join("")}`;
}

/** The server takes whole milliseconds, and 0 for no limit at all: a limit that has passed is the shortest. */
function setting(name: string, milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : `; SET LOCAL ${name} = ${Math.max(1, Math.ceil(milliseconds))}`;
}
