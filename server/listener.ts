import type { TlsPair } from "./tls.ts";

/** Other end of a connection. */
export interface Peer {
  /** Available only until the response is sent. */
  readonly remoteAddr: Deno.NetAddr;
  /** Whether a proxy has named no client for the connection, so that forwarding headers are not trusted on it. */
  readonly isAnonymous?: boolean;
  /** Authority that the platform substitutes in the URL of a request that has none; absent if it is the public one. */
  readonly internalAuthority?: string | undefined;
  /** Authority to use instead of {@link internalAuthority}; undefined if the request is invalid without one. */
  readonly fallbackAuthority?: string | undefined;
  /** Lets the client send the body of a request, if it waits for that (`Expect: 100-continue`). */
  permitBody?(): void;
  /** Records the size of the response body that is about to be sent for a request, in bytes. */
  responding?(bodyBytes: number, request: Request): void;
}

/** Handles a request; never rejects. */
export type Handle = (request: Request, peer: Peer) => Promise<Response>;

/** Address and protocol to listen on. */
export interface ListenerOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Certificate and key; plain HTTP if absent. */
  readonly tls?: TlsPair;
  /**
   * Whether other processes of the program listen on the same address, among which the system spreads connections.
   *
   * @default {false}
   */
  readonly reusePort?: boolean;
}

/** Accepts connections and passes their requests to a handler. */
export interface Listener {
  readonly addr: Deno.NetAddr;
  /** Uses another certificate for new connections; absent if the listener cannot. */
  replaceTls?(tls: TlsPair): void;
  /**
   * Prepares a shutdown while requests are still served: resolves when none is being made, or after a bounded time. A
   * listener that can stops accepting first, so that connections made just before are served.
   *
   * @param onClosing Called when connections should end with their next response.
   */
  drain(onClosing: () => void): Promise<void>;
  /** Stops accepting, and resolves once all connections have ended after their responses. */
  shutdown(): Promise<void>;
  /** Closes all connections immediately; after a shutdown, as far as the platform permits. */
  abort(): Promise<void>;
}

/** Failure to listen on an address; the message is one line with the address and the reason. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Describes why binding to an address failed.
 *
 * @param setting Variable with the port.
 */
export function bindReason(cause: unknown, setting = "PORT"): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `the address is already in use; stop the program that listens there, or set ${setting} to another port`;
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) return "the address does not belong to this machine";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission is denied";
  return cause instanceof Error ? cause.message : "the address is unavailable";
}
