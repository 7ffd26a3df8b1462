import { get } from "node:http";
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

/** Requests an endpoint by node:http, which uses no proxy of the environment, and returns the status. */
export async function requestStatus({ host, port, path, encrypted, proxies }: Target): Promise<number> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const socket = await open(host, port, signal);
  try {
    // Only the local address of the connection shows whether the server takes this check for one of its proxies.
    if (proxies?.includes(socket.localAddress ?? "")) socket.write(OWN_CONNECTION);
    // The certificate is for the public name, and the request stays on this machine.
    const stream = encrypted ? encrypt({ socket, rejectUnauthorized: false }) : socket;
    return await new Promise((resolve, reject) => {
      const request = get({ host, port, path, signal, createConnection: () => stream });
      request.on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on("error", reject);
    });
  } finally {
    socket.destroy();
  }
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
