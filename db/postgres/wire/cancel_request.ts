import type { Duplex } from "node:stream";
import type { TlsConfig } from "../pool_config.ts";
import { type CancelKey, writeCancelRequest } from "./frontend_messages.ts";
import { negotiateTls, type SecureConnection } from "./negotiate_tls.ts";
import { OutputBuffer } from "./output_buffer.ts";

/** Options of {@link sendCancelRequest}. */
export interface CancelRequestOptions {
  readonly key: CancelKey;
  /** Host that a certificate must name. */
  readonly host: string;
  readonly tls?: TlsConfig | undefined;
}

/**
 * Asks the server to cancel the running statement of a session, on a connected socket of its own. Resolves when the server
 * has taken note of it, which it shows by closing the connection; rejects with an error of TLS.
 */
export async function sendCancelRequest(
  socket: Duplex,
  { key, host, tls }: CancelRequestOptions,
): Promise<void> {
  const secure: Partial<SecureConnection> = tls === undefined ? {} : await negotiateTls(socket, host, tls);
  const target = secure.socket ?? socket;
  const closed = new Promise<void>((resolve) => target.once("close", () => resolve()));
  target.on("error", () => {});
  target.resume();
  const output = new OutputBuffer((bytes) => target.write(bytes));
  writeCancelRequest(output, key);
  output.flush();
  await closed;
}
