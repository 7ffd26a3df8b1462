import { type LookupAddress, promises } from "node:dns";
import { isIP } from "node:net";
import { isPublicAddress } from "./public_address.ts";
import { TargetError } from "./target_error.ts";
import { hostOf, type TargetOptions } from "./target_url.ts";

/** Resolves a host to all of its addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** Options of resolving a target. */
export interface ResolveOptions extends TargetOptions {
  /** @default the system's resolver */
  readonly resolve?: Resolve;
  readonly signal?: AbortSignal;
}

/**
 * Resolves the host of a target and checks that all of its addresses are allowed. Connect to one of these: resolving the
 * name again could return another address (DNS rebinding).
 *
 * @throws {TargetError} "unknown-host", "forbidden-address", or "timeout" if the signal aborts.
 */
export async function resolveTarget(
  url: URL,
  { allowPrivate, resolve = systemLookup, signal }: ResolveOptions,
): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await inTime(resolve(host), signal) : [{ address: host, family }];
  const [first, ...others] = addresses;
  if (first === undefined) throw new TargetError("unknown-host");
  if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new TargetError("forbidden-address");
  }
  return [first, ...others];
}

function systemLookup(host: string): Promise<readonly LookupAddress[]> {
  return promises.lookup(host, { all: true });
}

async function inTime<T>(lookup: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new TargetError("timeout"));
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([
      lookup.catch((cause) => {
        throw new TargetError("unknown-host", { cause });
      }),
      late,
    ]);
  } finally {
    signal?.removeEventListener("abort", abort);
    late.catch(() => {});
  }
}
