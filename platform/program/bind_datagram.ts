import { dirname, normalize } from "node:path";

/** Start of the names of directories for sockets. */
const PREFIX = "archway_notify_";

/** Address in one of them. */
const TEMPORARY = new RegExp(`^/.*/${PREFIX}[0-9a-f]+/socket$`);

/** Socket for datagrams on this machine. */
export interface DatagramSocket {
  readonly socket: Deno.DatagramConn;
  /** Its address as in NOTIFY_SOCKET: a path, or a name with "@" before it. */
  readonly address: string;
}

/**
 * Binds an address, since the platform sends from bound sockets only: an abstract one, which needs no writable directory,
 * or a temporary file where this version of Deno knows no abstract addresses (2.6). {@link removeAddress}
 * removes it.
 *
 * @param onError Called with the reason if neither is possible.
 */
export function bindDatagram(onError: (error: unknown) => void): DatagramSocket | undefined {
  const addresses = [
    (): string => `@archway-notify-${crypto.randomUUID()}`,
    (): string => `${Deno.makeTempDirSync({ prefix: PREFIX })}/socket`,
    // The default directory requires permission to write everywhere, which excludes an executable that may be run.
    (): string => `${Deno.makeTempDirSync({ prefix: PREFIX, dir: "/tmp" })}/socket`,
  ];
  let failure: unknown;
  for (const next of addresses) {
    let address = "";
    try {
      address = next();
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: systemPath(address) });
      return { socket, address };
    } catch (error) {
      failure = error;
      removeAddress(address);
    }
  }
  onError(failure);
  return undefined;
}

/**
 * Removes the temporary file of an address that {@link bindDatagram} has bound; does nothing for others. The socket can
 * send without it.
 */
export function removeAddress(address: string): void {
  if (!TEMPORARY.test(address) || normalize(address) !== address) return;
  for (const path of [address, dirname(address)]) {
    try {
      Deno.removeSync(path);
    } catch {
      // Temporary files may have been removed.
    }
  }
}

/** Returns a path as the system expects it: abstract ones begin with a null character (unix(7)). */
export function systemPath(path: string): string {
  return path.startsWith("@") ? `\0${path.slice(1)}` : path;
}
