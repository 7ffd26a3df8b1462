import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Buffer } from "node:buffer";
import type { TlsConfig } from "../pool_config.ts";
import { writeSslRequest } from "./frontend_messages.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { protocolViolation, WireError } from "./wire_error.ts";

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
  config: TlsConfig,
): Promise<SecureConnection> {
  const { ca, cert, key, serverName, verify = true, negotiation = "request" } = config;
  if (negotiation === "request") await requestTls(socket);
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
  await untilSecure(secure);
  if (negotiation === "direct" && secure.alpnProtocol !== protocol) {
    secure.destroy();
    throw protocolViolation(`the server did not select ${protocol} in the handshake of TLS`);
  }
  const { raw }: { readonly raw?: Uint8Array } = secure.getPeerCertificate();
  return { socket: secure, certificate: raw };
}

function untilSecure(secure: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (): void =>
      reject(new WireError("CONNECTION_CLOSED", "The connection was lost during TLS"));
    secure.once("secureConnect", () => {
      secure.off("error", reject);
      secure.off("close", closed);
      // An unhandled error would end the process.
      secure.on("error", () => {});
      resolve();
    });
    secure.once("error", reject);
    secure.once("close", closed);
  });
}

/** Asks the server for TLS. */
function requestTls(socket: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: WireError): void => {
      socket.destroy();
      reject(error);
    };
    const closed = (): void => fail(new WireError("CONNECTION_CLOSED", "The connection was lost before TLS"));
    socket.once("close", closed);
    socket.once("data", (response: Buffer) => {
      socket.pause();
      socket.off("close", closed);
      // More than one byte would have been sent by someone in between (CVE-2021-23222).
      if (response.length === 1 && response[0] === accepted) resolve();
      else if (response.length === 1 && response[0] === refused) {
        fail(new WireError("CONNECTION_TLS_REFUSED", "The server does not support TLS"));
      } else fail(protocolViolation("the response to the request for TLS is not one byte, S or N"));
    });
    writeSslRequest(new OutputBuffer((bytes) => socket.write(bytes)));
  });
}
