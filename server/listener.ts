import type { TlsPair } from "./tls.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  /** To be read before the request is answered: the platform does not know it any more after that. */
  readonly remoteAddr: Deno.NetAddr;
}

/** Answers a request; never rejects. */
export type Handle = (request: Request, peer: Peer) => Promise<Response>;

/** Where to listen. */
export interface ListenerOptions {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: TlsPair;
}

/** Takes connections and has their requests handled. */
export interface Listener {
  readonly addr: Deno.NetAddr;
  /** Uses another certificate for connections that are opened from now on; absent: it cannot. */
  replaceTls?(tls: TlsPair): void;
  /** Takes no more connections and resolves when those that there are have ended, after the answers under way. */
  shutdown(): Promise<void>;
  /** Ends everything at once; after a shutdown, what can be ended. */
  abort(): Promise<void>;
}

/** The address cannot be had; the message says which and why, in one line. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Why an address cannot be had, in words. */
export function bindReason(cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) return "the address is already in use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "the address is not one of this machine";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission is denied";
  return cause instanceof Error ? cause.message : "the address cannot be had";
}
