import { connect, type Socket } from "node:net";
import { connect as encrypt } from "node:tls";
import type { TrustedProxies } from "@archway/server/addresses.ts";

/** Timeout of the request, in milliseconds; orchestrators allow a check for a few seconds. */
const TIMEOUT_MS = 5_000;

/** Header of a connection that is the proxy's own (PROXY protocol, version 1, section 2.1). */
const OWN_CONNECTION = "PROXY UNKNOWN\r\n";

/** Endpoint to request. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly encrypted: boolean;
  /** Proxies from which the server expects a header of the PROXY protocol; undefined if it expects none. */
  readonly proxies: TrustedProxies | undefined;
}

/** Requests an endpoint over a socket, which uses no proxy of the environment, and returns the status. */
export async function requestStatus({ host, port, path, encrypted, proxies }: Target): Promise<number> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const socket = await open(host, port, signal);
  try {
    // Only the local address of the connection shows whether the server takes this check for one of its proxies.
    if (proxies?.includes(socket.localAddress ?? "")) socket.write(OWN_CONNECTION);
    // The certificate is for the public name, and the request stays on this machine.
    const stream = encrypted ? encrypt({ socket, rejectUnauthorized: false }) : socket;
    stream.write(`GET ${path} HTTP/1.1\r\nHost: ${hostOf({ host, port })}\r\nConnection: close\r\n\r\n`);
    return await readStatus(stream, signal);
  } finally {
    socket.destroy();
  }
}

/** Reads the status line of a response (RFC 9112, section 4). */
function readStatus(stream: Socket, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    stream.on("error", reject);
    stream.on("end", () => reject(new Error("the connection was closed without a response")));
    stream.on("data", (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      const [, status] = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(text) ?? [];
      if (status !== undefined) resolve(Number(status));
      else if (text.length > MAX_STATUS_LINE || text.includes("\n")) {
        reject(new Error("not an HTTP response"));
      }
    });
  });
}

const MAX_STATUS_LINE = 1000;

function hostOf({ host, port }: Pick<Target, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const abort = (): void => void socket.destroy(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    // Errors after the connection are reported by the request.
    socket.on("error", reject);
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}
