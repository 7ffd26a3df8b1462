import { DatabaseError, type DatabaseErrorCode, type DatabaseErrorFields } from "../../errors.ts";

/** Codes by SQLSTATE, or by its class, the first two characters (PostgreSQL, appendix A). */
const codes: Readonly<Record<string, DatabaseErrorCode>> = {
  "08": "unavailable", // connection exception
  "22": "invalid-value", // data exception
  "23": "check-violation",
  "23001": "foreign-key-violation", // RESTRICT
  "23503": "foreign-key-violation",
  "23505": "unique-violation",
  "23P01": "unique-violation", // exclusion constraint
  "25006": "unavailable", // read-only transaction: not the primary, or not any more
  "25P03": "timeout", // idle in transaction
  "25P04": "timeout", // transaction_timeout
  "28": "unavailable", // the server refuses the user
  "3D000": "unavailable", // no such database
  "40001": "conflict", // serialization failure
  "40P01": "conflict", // deadlock
  "53": "unavailable", // out of connections, memory, disk
  "54000": "invalid-value", // a value too long for its index
  "55P03": "timeout", // lock_timeout, or NOWAIT
  "57014": "timeout", // statement_timeout; an abort by the caller is detected before
  "57P01": "unavailable", // shutdown by the administrator
  "57P02": "unavailable", // shutdown by a crash
  "57P03": "unavailable", // starting or stopping
  "57P04": "unavailable", // database dropped
  "57P05": "unavailable", // idle session ended
};

const messages: Readonly<Record<DatabaseErrorCode, string>> = {
  "unique-violation": "A unique constraint rejected the row",
  "foreign-key-violation": "A foreign key rejected the row",
  "check-violation": "A constraint rejected the row",
  "invalid-value": "A value does not fit its column or parameter",
  "conflict": "The transaction conflicted with a concurrent one",
  "timeout": "The statement exceeded its deadline",
  "cancelled": "The statement was cancelled",
  "unavailable": "The database cannot be reached or does not accept the statement now",
  "saturated": "No database connection became available in time",
  "outcome-unknown": "The connection was lost before the outcome of the statement was known",
  "internal": "The statement failed",
};

/** Classes whose messages never contain data of rows. They concern the program or the server, and can be logged. */
const harmlessClasses = new Set(["08", "25", "28", "3D", "3F", "42", "53", "55", "57", "58"]);

/** Converts any error to a `DatabaseError`. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = textOf(error, "code");
  if (code !== undefined && isSqlState(error, code)) {
    const kind = codes[code] ?? codes[code.slice(0, 2)] ?? "internal";
    return new DatabaseError(kind, messages[kind], {
      cause: cleaned(error, code),
      ...fieldsOf(error, code),
    });
  }
  const kind = code !== undefined && isConnectionCode(code) ? "unavailable" : "internal";
  return new DatabaseError(kind, messages[kind], { cause: cleaned(error, code) });
}

/** Whether the connection was lost, and all statements on it. */
export function isConnectionLoss(error: DatabaseError): boolean {
  return error.code === "unavailable" && error.sqlState === undefined;
}

/**
 * Returns the driver's error without data that must not reach the log. These are the statement, its parameters and
 * quotations of the row ("Key (email)=(…) already exists").
 */
function cleaned(error: unknown, code: string | undefined): Error {
  const routine = textOf(error, "routine");
  const fromServer = routine !== undefined || textOf(error, "severity") !== undefined;
  const harmless = !fromServer || harmlessClasses.has(code?.slice(0, 2) ?? "");
  const message = harmless && error instanceof Error
    ? error.message
    : `Rejected by ${routine ?? "the server"}`;
  const cause = withoutStack(() => new Error(code === undefined ? message : `${message} (${code})`));
  cause.name = fromServer ? "PostgresError" : "ConnectionError";
  const fields = ["code", "schema_name", "table_name", "column_name", "constraint_name"];
  for (const field of fields) {
    const value = textOf(error, field);
    if (value !== undefined) Object.assign(cause, { [field]: value });
  }
  return cause;
}

/** Returns the server's details, limited to names. */
function fieldsOf(error: unknown, sqlState: string): DatabaseErrorFields {
  const schema = textOf(error, "schema_name");
  const table = textOf(error, "table_name");
  const position = Number(textOf(error, "position"));
  return {
    sqlState,
    constraint: textOf(error, "constraint_name"),
    table: schema === undefined || schema === "public" ? table : `${schema}.${table}`,
    column: textOf(error, "column_name"),
    position: Number.isInteger(position) ? position : undefined,
    // Hints of other classes may come from a trigger and contain data of rows.
    hint: sqlState.startsWith("42") ? textOf(error, "hint") : undefined,
  };
}

/** Creates an error without a stack. The driver's contains no frame of the program and takes time to capture. */
function withoutStack(make: () => Error): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const error = make();
    delete error.stack;
    return error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function isSqlState(error: unknown, code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && (textOf(error, "severity") !== undefined || code === "57014");
}

/**
 * Whether a code denotes a connection error. It may be of the driver (CONNECTION_CLOSED, …), the system (ECONNREFUSED,
 * …) or TLS.
 */
function isConnectionCode(code: string): boolean {
  return /^(CONN|E[A-Z]|SASL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) &&
    code !== "ERR_INVALID_ARG_TYPE";
}

function textOf(error: unknown, field: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : undefined;
}
