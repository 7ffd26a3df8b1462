import type { QueryParameter } from "../../../db.ts";
import { encodeParameter } from "../../connection/text_format.ts";
import type { WireResult } from "../statement_exchange.ts";
import type { WireConnection } from "../wire_connection.ts";

/** Sends a statement. Rejects with its error. */
export function send(
  connection: WireConnection,
  text: string,
  parameters: readonly QueryParameter[] = [],
): Promise<WireResult> {
  return new Promise((onResult, onError) => {
    connection.query(text, parameters.map(encodeParameter), { onResult, onError });
  });
}

/** Sends statements in one message. Rejects with the error of one of them. */
export function sendScript(connection: WireConnection, text: string): Promise<void> {
  return new Promise((onDone, onError) => {
    connection.script(text, { onDone, onError });
  });
}
