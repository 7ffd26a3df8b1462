import { Socket } from "node:net";
import type { InstanceConfig } from "../pool_config.ts";
import { unreachable } from "./statement_errors.ts";

/** Idle time after which the system probes the other side, in milliseconds. NAT and load balancers forget flows later. */
const keepAliveMs = 30_000;

/** Connects a socket. Rejects with code "unavailable" on failure, timeout or abort. */
export function openSocket(
  { host, port }: InstanceConfig,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // The driver reads the expected name of the certificate from here.
  const socket = Object.assign(new Socket(), { host, port });
  const onAbort = (): void => fail(signal?.reason);
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  const fail = (cause: unknown): void => {
    end();
    socket.destroy();
    reject(unreachable({ cause }));
  };
  const timer = setTimeout(() => fail(new Error(`Timed out after ${timeoutMs} ms`)), timeoutMs);
  signal?.addEventListener("abort", onAbort);
  socket.once("error", fail);
  socket.once("connect", () => {
    end();
    alwaysListen(socket);
    socket.off("error", fail);
    // Sends the parts of a message immediately instead of waiting for the acknowledgement of the first part.
    socket.setNoDelay(true);
    // Here and not by the driver, which does not reach the socket under TLS.
    socket.setKeepAlive(true, keepAliveMs);
    resolve(socket);
  });
  if (signal?.aborted) onAbort();
  else if (host.startsWith("/")) socket.connect(`${host}/.s.PGSQL.${port}`);
  else socket.connect(port, host);
  return promise;
}

/**
 * Keeps an error listener on a socket, since an unhandled error ends the process. The driver adds its own a moment later
 * and removes all listeners when the socket is closed; Deno before 2.9 reports the error of a write after that.
 */
function alwaysListen(socket: Socket): void {
  const { removeAllListeners } = socket;
  const listen = (): Socket => socket.on("error", () => {});
  socket.removeAllListeners = (...events): Socket => {
    Reflect.apply(removeAllListeners, socket, events);
    return listen();
  };
  listen();
}
