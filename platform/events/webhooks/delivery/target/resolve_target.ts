import { type LookupAddress, promises } from "node:dns";
import { isIP } from "node:net";
import { isPublicAddress } from "./public_address.ts";
import { TargetError } from "./target_error.ts";
import { hostOf, type TargetOptions } from "./target_url.ts";

/** All addresses of a host, as the system knows them. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** How a target is resolved. */
export interface ResolveOptions extends TargetOptions {
  /** @default asks the system */
  readonly resolve?: Resolve;
  readonly signal?: AbortSignal;
}

/**
 * Finds the addresses of a target, all of which are allowed: whoever connects has to take one of these and not ask
 * again, for the next answer may be another.
 *
 * @throws {TargetError} "unknown-host", "forbidden-address", "timeout" when the signal aborts.
 */
export async function resolveTarget(
  url: URL,
  { allowPrivate, resolve = askSystem, signal }: ResolveOptions,
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

function askSystem(host: string): Promise<readonly LookupAddress[]> {
  return promises.lookup(host, { all: true });
}

async function inTime<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new TargetError("timeout"));
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([
      answer.catch((cause) => {
        throw new TargetError("unknown-host", { cause });
      }),
      late,
    ]);
  } finally {
    signal?.removeEventListener("abort", abort);
    late.catch(() => {});
  }
}
