import type { Buffer } from "node:buffer";
import { MessageCursor } from "./message_cursor.ts";

/** Properties by the field codes of errors and notices (PostgreSQL, "Error and Notice Message Fields"). */
const fields: Readonly<Record<string, keyof ServerMessage>> = {
  V: "severity",
  C: "code",
  M: "message",
  D: "detail",
  H: "hint",
  P: "position",
  p: "internal_position",
  q: "internal_query",
  W: "where",
  s: "schema_name",
  t: "table_name",
  c: "column_name",
  d: "data_type_name",
  n: "constraint_name",
  F: "file",
  L: "line",
  R: "routine",
};

/** Fields of an error or notice. Names of several words are those of libpq and psql. */
export interface ServerMessage {
  /** "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "DEBUG", "INFO" or "LOG", in English. */
  severity?: string;
  /** SQLSTATE. */
  code?: string;
  message?: string;
  detail?: string;
  hint?: string;
  /** Position in the statement, in characters from 1. */
  position?: string;
  internal_position?: string;
  internal_query?: string;
  where?: string;
  schema_name?: string;
  table_name?: string;
  column_name?: string;
  data_type_name?: string;
  constraint_name?: string;
  file?: string;
  line?: string;
  /** Function of the server's source. */
  routine?: string;
}

/** Error that the server responded with. Its stack would contain no frame of the program. */
export class ServerError extends Error implements ServerMessage {
  override readonly name = "PostgresError";
  declare readonly severity?: string;
  declare readonly code?: string;
  declare readonly schema_name?: string;
  declare readonly table_name?: string;
  declare readonly column_name?: string;
  declare readonly constraint_name?: string;
  declare readonly position?: string;
  declare readonly hint?: string;
  declare readonly routine?: string;

  constructor({ message = "The server reported an error", ...others }: ServerMessage) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    Object.assign(this, others);
  }

  /** Reads the body of an ErrorResponse. */
  static read(bytes: Buffer, start: number, end: number): ServerError {
    return new ServerError(readServerMessage(new MessageCursor(bytes, start, end)));
  }

  /** Whether it ends the session. */
  get isFatal(): boolean {
    return this.severity === "FATAL" || this.severity === "PANIC";
  }
}

/** Reads the fields of an error or notice. Unknown ones are skipped, as the protocol demands. */
export function readServerMessage(cursor: MessageCursor): ServerMessage {
  const message: ServerMessage = {};
  let localized: string | undefined;
  for (let code = cursor.byte(); code !== 0; code = cursor.byte()) {
    const name = String.fromCharCode(code);
    const text = cursor.cString();
    const field = fields[name];
    if (field !== undefined) message[field] = text;
    // The only one of servers before 9.6, and of poolers.
    if (name === "S") localized = text;
  }
  if (localized !== undefined) message.severity ??= localized;
  return message;
}
