import { sendCopyData, writeCopyDone, writeCopyFail } from "./frontend_messages.ts";
import type { CopyExchange } from "./copy_exchange.ts";
import { ReceivedRows } from "./received_rows.ts";
import type { WireConnection } from "./wire_connection.ts";

/** Number of received bytes from which the server has to wait for the consumer. */
const maxReceived = 1024 * 1024;

/** COPY with the client. */
export interface WireCopy {
  readonly text: string;
  /** Called with its exchange, once it is sent. */
  readonly onSent?: (exchange: CopyExchange) => void;
}

/** COPY to the server. */
export interface WireCopyIn extends WireCopy {
  /** Rows in parts, which may end anywhere in a row. */
  readonly parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Runs a COPY … FROM STDIN and returns the number of rows. The next part is taken when the server has room for it.
 * An error of the parts is rethrown, and the server then discards all rows.
 */
export async function copyIn(
  connection: WireConnection,
  { text, parts, onSent }: WireCopyIn,
): Promise<number> {
  const exchange = connection.copy(text, "in", () => {});
  onSent?.(exchange);
  // A refusal is rethrown when the connection can be used again.
  await exchange.started.catch(() => exchange.completed);
  try {
    for await (const part of parts) {
      if (exchange.hasFailed) break;
      await connection.sendRows((output) => sendCopyData(output, part));
    }
  } catch (error) {
    if (exchange.hasFailed) return await exchange.completed;
    await connection.sendRows((output) => writeCopyFail(output, "The rows cannot be completed"));
    await exchange.completed.catch(() => {});
    throw error;
  }
  if (!exchange.hasFailed) await connection.sendRows((output) => writeCopyDone(output));
  return await exchange.completed;
}

/**
 * Runs a COPY … TO STDOUT and yields its rows in parts as they arrive. The server waits while they are not taken. Leaving
 * the loop early ends the connection, since the remaining rows would have to be read first.
 */
export async function* copyOut(
  connection: WireConnection,
  { text, onSent }: WireCopy,
): AsyncGenerator<Uint8Array, number> {
  const received = new ReceivedRows();
  let isEnded = false;
  let wake = (): void => {};
  const exchange = connection.copy(text, "out", (bytes, start, end) => {
    received.add(bytes, start, end);
    if (received.size > maxReceived) connection.receive(false);
    wake();
  });
  onSent?.(exchange);
  const end = (): void => {
    isEnded = true;
    wake();
  };
  exchange.completed.then(end, end);
  try {
    while (true) {
      const parts = received.take();
      connection.receive(true);
      yield* parts;
      if (received.size > 0) continue;
      if (isEnded) break;
      await new Promise<void>((resolve) => wake = resolve);
      wake = (): void => {};
    }
    return await exchange.completed;
  } finally {
    if (!isEnded) connection.destroy();
  }
}
