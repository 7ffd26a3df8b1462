/** Socket for datagrams on this machine. */
export interface DatagramSocket {
  readonly socket: Deno.DatagramConn;
  /** Its address as in NOTIFY_SOCKET: a path, or a name with "@" before it. */
  readonly address: string;
}

/**
 * Binds an address, since the platform sends from bound sockets only: an abstract one, which needs no writable directory,
 * or a temporary file where this version of Deno knows no abstract addresses.
 *
 * @param onError Called with the reason if neither is possible.
 */
export function bindDatagram(onError: (error: unknown) => void): DatagramSocket | undefined {
  const addresses = [
    (): string => `@archway-notify-${crypto.randomUUID()}`,
    (): string => `${Deno.makeTempDirSync({ prefix: "archway_notify_" })}/socket`,
    // The default directory requires permission to write everywhere, which excludes an executable that may be run.
    (): string => `${Deno.makeTempDirSync({ prefix: "archway_notify_", dir: "/tmp" })}/socket`,
  ];
  let failure: unknown;
  for (const next of addresses) {
    try {
      const address = next();
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: systemPath(address) });
      return { socket, address };
    } catch (error) {
      failure = error;
    }
  }
  onError(failure);
  return undefined;
}

/** Returns a path as the system expects it: abstract ones begin with a null character (unix(7)). */
export function systemPath(path: string): string {
  return path.startsWith("@") ? `\0${path.slice(1)}` : path;
}
