import { Socket } from "node:net";
import { DatabaseError } from "../../errors.ts";
import type { InstanceConfig } from "../pool_config.ts";

/** Connects to a server. Rejects with code "unavailable" when that takes longer, in milliseconds, or is refused. */
export function openSocket(
  { host, port }: InstanceConfig,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // The driver reads from here which name a certificate has to carry.
  const socket = Object.assign(new Socket(), { host, port });
  const fail = (cause: unknown): void => {
    clearTimeout(timer);
    socket.destroy();
    reject(new DatabaseError("unavailable", "The database cannot be reached", { cause }));
  };
  const timer = setTimeout(() => fail(new Error("It does not answer")), timeoutMs);
  socket.once("error", fail);
  socket.once("connect", () => {
    clearTimeout(timer);
    alwaysListen(socket);
    socket.off("error", fail);
    // What is written in parts is answered at once, and not after the other side has acknowledged the first part.
    socket.setNoDelay(true);
    resolve(socket);
  });
  if (host.startsWith("/")) socket.connect(`${host}/.s.PGSQL.${port}`);
  else socket.connect(port, host);
  return promise;
}

/**
 * Listens for errors of a socket whatever is made of it: one that nobody listens for ends the process. The driver begins
 * a moment later, and takes all listeners away when it is told that the socket is closed; Deno before 2.9 tells of the
 * error of a write after that.
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
