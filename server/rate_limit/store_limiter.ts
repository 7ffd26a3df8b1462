import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { ConsumeOptions, RateLimiter, RateLimitPolicy, RateLimitUse } from "../rate_limit.ts";
import { isOfKey, StoreClient, storeReason, type StoreTls } from "./store_client.ts";
import { StoreRecovery } from "./store_recovery.ts";

/** Options of a store limiter. */
export interface StoreLimiterOptions {
  /** Fallback while the store is unavailable. */
  readonly insurance: RateLimiter;
  /** Certificates for `rediss://`. */
  readonly tls?: StoreTls | undefined;
  /** Called once when the store becomes unavailable, and for every new reason until it is available again. */
  readonly onLost?: (reason: string) => void;
  /** Called once when the store is available again. */
  readonly onRegained?: () => void;
  /** Called once for a key of another type or value, which the fallback counts. */
  readonly onBadKey?: (reason: string) => void;
  /**
   * Maximum response time of the store, in milliseconds.
   *
   * @default {200}
   */
  readonly timeoutMs?: number;
  /**
   * Interval between attempts to reach an unavailable store, in milliseconds.
   *
   * @default {1000}
   */
  readonly retryMs?: number;
}

/** Maximum number of callers beyond their quota that one policy caches; with more, it asks the store again. */
const MAX_BLOCKED = 5_000;

/** Maximum number of reasons that are reported during one outage. */
const MAX_REASONS = 20;

/** Limiter of a policy. */
interface PolicyLimiter {
  readonly limiter: RateLimiterRedis;
  /** Number of callers that it has cached since its cache was emptied. */
  blocked: number;
}

/** Policy for probing the store by counting; a ping would succeed on a read-only store. */
const PROBE: RateLimitPolicy = { name: "probe", quota: 1_000_000, windowSeconds: 1 };

/**
 * Rate limiter in Valkey or Redis, shared by all instances that use the same store. When the store is unavailable, the
 * first request waits for the timeout at most; then each instance counts with its fallback, and probes the store in the
 * background until it responds reliably again.
 */
export class StoreLimiter implements RateLimiter, Disposable {
  readonly #client: StoreClient;
  readonly #options: Required<Omit<StoreLimiterOptions, "tls">>;
  readonly #limiters = new Map<string, PolicyLimiter>();
  readonly #recovery: StoreRecovery;
  readonly #reasons = new Set<string>();
  #hadBadKey = false;
  #lost = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  /** @param url `redis://user:password@host:port/database`, or `rediss://` with TLS. */
  constructor(url: string, { tls, ...options }: StoreLimiterOptions) {
    const defaults = { onLost: () => {}, onRegained: () => {}, onBadKey: () => {} };
    this.#options = { ...defaults, timeoutMs: 200, retryMs: 1000, ...options };
    this.#client = new StoreClient(url, { ...this.#options, tls });
    this.#recovery = new StoreRecovery({ timeoutMs: this.#options.timeoutMs });
  }

  /** Connects. Resolves even if the store is unavailable; then the fallback counts. */
  async connect(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("Connecting timed out")), this.#options.timeoutMs * 5);
    });
    try {
      await Promise.race([this.#client.redis.connect(), late]);
      if (this.#client.refusal !== undefined) throw this.#client.refusal;
    } catch (error) {
      this.#lose(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the store is unavailable. */
  get lost(): boolean {
    return this.#lost;
  }

  async consume(key: string, policy: RateLimitPolicy, options: ConsumeOptions = {}): Promise<RateLimitUse> {
    if (!this.#lost) {
      try {
        return await this.#consume(key, policy, options);
      } catch (error) {
        if (isOfKey(error)) this.#reportBadKey(error);
        else this.#lose(error);
      }
    }
    return await this.#options.insurance.consume(key, policy, options);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#retry);
    this.#client[Symbol.dispose]();
  }

  async #consume(
    key: string,
    policy: RateLimitPolicy,
    { points = 1 }: ConsumeOptions = {},
  ): Promise<RateLimitUse> {
    if (this.#client.refusal !== undefined) throw this.#client.refusal;
    const limiter = this.#limiterOf(policy);
    try {
      const { remainingPoints, msBeforeNext } = await limiter.limiter.consume(key, points);
      if (remainingPoints === 0) countBlocked(limiter);
      return { exceeded: false, remaining: remainingPoints, resetMs: msBeforeNext };
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      // None of the points are those of the store if the caller was cached before.
      if (reason.consumedPoints > 0) countBlocked(limiter);
      return { exceeded: true, remaining: 0, resetMs: reason.msBeforeNext };
    }
  }

  #limiterOf({ name, quota, windowSeconds }: RateLimitPolicy): PolicyLimiter {
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const limiter = new RateLimiterRedis({
      storeClient: this.#client.redis,
      keyPrefix: `archway:limit:${name}`,
      points: quota,
      duration: windowSeconds,
      rejectIfRedisNotReady: true,
      // Exhausted quotas are cached here, so that a flood of excess requests does not reach the store.
      inMemoryBlockOnConsumed: quota,
    });
    const added = { limiter, blocked: 0 };
    this.#limiters.set(name, added);
    return added;
  }

  #reportBadKey(error: unknown): void {
    if (this.#hadBadKey) return;
    this.#hadBadKey = true;
    this.#options.onBadKey(storeReason(error));
  }

  #lose(error: unknown): void {
    if (this.#lost || this.#disposed) return;
    this.#lost = true;
    this.#recovery.lost();
    this.#report(this.#client.reasonOf(error));
    this.#tryLater();
  }

  /** Reports a reason once during an outage. */
  #report(reason: string): void {
    if (this.#reasons.has(reason) || this.#reasons.size >= MAX_REASONS) return;
    this.#reasons.add(reason);
    this.#options.onLost(reason);
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => void this.#try(), this.#options.retryMs);
  }

  async #try(): Promise<void> {
    const start = performance.now();
    try {
      await this.#consume("store", PROBE);
    } catch (error) {
      if (this.#disposed) return;
      this.#report(this.#client.reasonOf(error));
      if (this.#client.refusal !== undefined) this.#client.reconnect();
      this.#recovery.failed();
      return this.#tryLater();
    }
    if (this.#disposed) return;
    const state = this.#recovery.responded(performance.now() - start);
    if (state === "slow") this.#report("responses are close to the timeout");
    if (state !== "recovered") return this.#tryLater();
    this.#lost = false;
    this.#reasons.clear();
    this.#options.onRegained();
  }
}

/** Counts a caller that a limiter has cached; the library keeps all of them until their windows end. */
function countBlocked(counted: PolicyLimiter): void {
  if (++counted.blocked < MAX_BLOCKED) return;
  counted.blocked = 0;
  counted.limiter.deleteInMemoryBlockedAll();
}
