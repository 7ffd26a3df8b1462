import type { ClaimedKey, LatencyClass } from "./delivery.ts";

/** Maximum number of ordering keys of one endpoint that are in flight at the same time. */
const PER_ENDPOINT = 4;

/** Capacity that is left beside the ordering keys in flight. */
export interface Capacity {
  /** Number of keys that may be started. */
  readonly keys: number;
  /** Number of those that may belong to endpoints of the class "slow" or "unknown". */
  readonly unproven: number;
  /** Number of those that may belong to endpoints of the class "slow". */
  readonly slow: number;
  /** Endpoints at their limit. */
  readonly fullEndpoints: readonly string[];
  /** Tenants at their limit. */
  readonly fullTenants: readonly string[];
  /** Tenants at their limit for endpoints that are not of the class "quick". */
  readonly throttledTenants: readonly string[];
  /** Keys in flight: tenants with the fewest come first. */
  readonly inFlight: readonly InFlight[];
}

/** An ordering key in flight. */
export interface InFlight {
  readonly endpointId: string;
  readonly tenant: string;
  readonly quick: boolean;
}

/**
 * Divides the concurrency of a process among endpoints and tenants, so that slow receivers delay only their own events:
 *
 * - an endpoint gets at most 4 keys, and 1 while its latency class is unknown;
 * - a tenant gets half of all keys, and a quarter for endpoints that are not of the class "quick";
 * - slow endpoints get half of all keys, slow and unknown ones together three quarters.
 *
 * The last quarter is reserved for quick endpoints.
 */
export class ConcurrencyLimiter {
  readonly #size: number;
  readonly #keys = new Set<ClaimedKey>();
  /** By endpoint, of those with keys in flight. */
  readonly #latencies = new Map<string, LatencyClass>();

  /** @param size Maximum number of keys in flight. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Adds a key in flight, whose endpoint is of a latency class. */
  acquire(key: ClaimedKey, latency: LatencyClass): void {
    this.#keys.add(key);
    this.#latencies.set(key.endpointId, latency);
  }

  /** Removes a key in flight. */
  release(key: ClaimedKey): void {
    this.#keys.delete(key);
    const { endpointId } = key;
    if (![...this.#keys].some((other) => other.endpointId === endpointId)) this.#latencies.delete(endpointId);
  }

  /** Records the latency class of an endpoint with keys in flight. @returns whether the class has changed. */
  recordLatency(endpointId: string, latency: LatencyClass): boolean {
    if (this.#latencies.get(endpointId) === latency) return false;
    this.#latencies.set(endpointId, latency);
    return true;
  }

  /** Returns the capacity that is left now. */
  capacity(): Capacity {
    const keys = [...this.#keys];
    const unproven = keys.filter(({ endpointId }) => this.#latencyOf(endpointId) !== "quick");
    const slow = unproven.filter(({ endpointId }) => this.#latencyOf(endpointId) === "slow");
    return {
      keys: this.#size - keys.length,
      unproven: Math.ceil(this.#size * 3 / 4) - unproven.length,
      slow: Math.max(1, Math.floor(this.#size / 2)) - slow.length,
      fullEndpoints: atLimit(keys, (key) => key.endpointId, (endpointId) => this.#limitOf(endpointId)),
      fullTenants: atLimit(keys, (key) => key.tenant, () => Math.ceil(this.#size / 2)),
      throttledTenants: atLimit(unproven, (key) => key.tenant, () => Math.ceil(this.#size / 4)),
      inFlight: keys.map(({ endpointId, tenant }) => ({
        endpointId,
        tenant,
        quick: this.#latencyOf(endpointId) === "quick",
      })),
    };
  }

  #limitOf(endpointId: string): number {
    return this.#latencyOf(endpointId) === "unknown" ? 1 : PER_ENDPOINT;
  }

  #latencyOf(endpointId: string): LatencyClass {
    return this.#latencies.get(endpointId) ?? "unknown";
  }
}

/** Whether due keys are skipped that may be started once a key in flight has ended. */
export function isRestricted({ unproven, slow, ...capacity }: Capacity): boolean {
  return Math.min(capacity.keys, unproven, slow) <= 0 ||
    [capacity.fullEndpoints, capacity.fullTenants, capacity.throttledTenants].some(({ length }) =>
      length > 0
    );
}

/** Groups that have reached their limit. */
function atLimit(
  keys: readonly ClaimedKey[],
  groupOf: (key: ClaimedKey) => string,
  limitOf: (group: string) => number,
): readonly string[] {
  return [...Map.groupBy(keys, groupOf)]
    .filter(([group, members]) => members.length >= limitOf(group))
    .map(([group]) => group);
}
