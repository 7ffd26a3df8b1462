import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Buffer } from "node:buffer";
import type { TlsConfig } from "../pool_config.ts";
import { writeSslRequest } from "./frontend_messages.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { protocolViolation, timedOut, WireError } from "./wire_error.ts";

/** Response to a request for TLS. */
const accepted = 0x53; // "S"
const refused = 0x4e; // "N"

/** Protocol of PostgreSQL in the handshake of TLS. Servers refuse direct negotiation without it. */
const protocol = "postgresql";

/** Connection under TLS, and the certificate of its server in DER. */
export interface SecureConnection {
  readonly socket: TLSSocket;
  readonly certificate: Uint8Array | undefined;
}

/**
 * Secures a connected socket. Rejects with a {@link WireError} or an error of TLS, after which the socket is destroyed.
 *
 * @param host Name or address that the certificate must have, unless the configuration has another.
 */
export async function negotiateTls(
  socket: Duplex,
  host: string,
  config: TlsConfig & { readonly signal?: AbortSignal | undefined },
): Promise<SecureConnection> {
  const { ca, cert, key, serverName, verify = true, negotiation = "request", signal } = config;
  if (negotiation === "request") await requestTls(socket, signal);
  const options: ConnectionOptions = {
    socket,
    host,
    ALPNProtocols: [protocol],
    rejectUnauthorized: verify,
    ...(serverName !== undefined ? { servername: serverName } : isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const secure = connect(options);
  await untilSecure(secure, signal);
  if (negotiation === "direct" && secure.alpnProtocol !== protocol) {
    secure.destroy();
    throw protocolViolation(`the server did not select ${protocol} in the handshake of TLS`);
  }
  const { raw }: { readonly raw?: Uint8Array } = secure.getPeerCertificate();
  return { socket: secure, certificate: raw };
}

function untilSecure(secure: TLSSocket, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      secure.off("error", fail);
      secure.off("close", closed);
      // An unhandled error would end the process.
      secure.on("error", () => {});
      signal?.removeEventListener("abort", abort);
    };
    const fail = (error: Error): void => {
      settle();
      secure.destroy();
      reject(error);
    };
    const closed = (): void => fail(new WireError("CONNECTION_CLOSED", "The connection was lost during TLS"));
    const abort = (): void => fail(timedOut());
    secure.once("secureConnect", () => {
      settle();
      resolve();
    });
    secure.once("error", fail);
    secure.once("close", closed);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
}

/** Asks the server for TLS. */
function requestTls(socket: Duplex, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off("close", closed);
      socket.off("data", receive);
      signal?.removeEventListener("abort", abort);
    };
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const closed = (): void => fail(new WireError("CONNECTION_CLOSED", "The connection was lost before TLS"));
    const abort = (): void => fail(timedOut());
    const receive = (response: Buffer): void => {
      socket.pause();
      // More than one byte would have been sent by another one in between (CVE-2021-23222).
      if (response.length === 1 && response[0] === accepted) {
        settle();
        resolve();
      } else if (response.length === 1 && response[0] === refused) {
        fail(new WireError("CONNECTION_TLS_REFUSED", "The server does not support TLS"));
      } else fail(protocolViolation("the response to the request for TLS is not one byte, S or N"));
    };
    socket.once("close", closed);
    socket.on("data", receive);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    writeSslRequest(new OutputBuffer((bytes) => socket.write(bytes)));
  });
}
