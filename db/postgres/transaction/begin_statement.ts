import type { IsolationLevel } from "../../db.ts";
import type { LeadingStatement } from "../connection/driver_session.ts";

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
  const settings = settingsOf(options).map(([name, value]) => `; SET LOCAL ${name} = ${value}`);
  return `${begin(options)}${settings.join("")}`;
}

/** Returns the same as statements in front of the first one. Their texts do not contain the values. */
export function beginStatements(options: BeginOptions): readonly LeadingStatement[] {
  const first = { text: begin(options), parameters: [] };
  const settings = settingsOf(options);
  if (settings.length === 0) return [first];
  const set = settings.map(([name], index) => `set_config('${name}', $${index + 1}, true)`);
  const parameters = settings.map(([, value]) => value);
  return [first, { text: `SELECT ${set.join(", ")}`, parameters }];
}

function begin({ isolation = "read committed", readOnly }: BeginOptions): string {
  // Always named, since the default may be that of the role or the database.
  return `BEGIN ISOLATION LEVEL ${levels[isolation]}${readOnly === true ? ", READ ONLY" : ""}`;
}

/** Returns settings in whole milliseconds, in their order. An expired timeout becomes 1, as 0 disables it. */
function settingsOf(options: BeginOptions): readonly (readonly [name: string, value: string])[] {
  const { transactionTimeoutMs, statementTimeoutMs, lockTimeoutMs } = options;
  const settings: [string, string][] = [];
  const add = (name: string, milliseconds: number | undefined): void => {
    if (milliseconds !== undefined) settings.push([name, String(Math.max(1, Math.ceil(milliseconds)))]);
  };
  // The timer of the session's setting has run since BEGIN, and only 0 stops it (assign_transaction_timeout()).
  if (transactionTimeoutMs !== undefined) settings.push(["transaction_timeout", "0"]);
  add("transaction_timeout", transactionTimeoutMs);
  add("statement_timeout", statementTimeoutMs);
  add("lock_timeout", lockTimeoutMs);
  return settings;
}
