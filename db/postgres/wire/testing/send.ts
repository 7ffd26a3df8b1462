import type { QueryParameter, QueryResult } from "../../../db.ts";
import { encodeParameter } from "../../connection/text_format.ts";
import type { Row } from "../row_decoder.ts";
import type { WireConnection } from "../wire_connection.ts";

/** Sends a statement. Rejects with its error. */
export function send(
  connection: WireConnection,
  text: string,
  parameters: readonly QueryParameter[] = [],
): Promise<QueryResult<Row>> {
  return new Promise((resolve, onError) => {
    const onResult = (result: QueryResult<Row>): void => resolve(result);
    connection.query(text, parameters.map(encodeParameter), { onResult, onError });
  });
}

/** Sends statements in one message. Rejects with the error of one of them. */
export function sendScript(connection: WireConnection, text: string): Promise<void> {
  return new Promise((onDone, onError) => {
    connection.script(text, { onDone, onError });
  });
}
