import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitPolicy, RateLimitUse } from "../rate_limit.ts";

/** Options of a store limiter. */
export interface StoreLimiterOptions {
  /** Fallback while the store is unavailable. */
  readonly insurance: RateLimiter;
  /** Called once when the store becomes unavailable, with a reason without secrets. */
  readonly onLost?: (reason: string) => void;
  /** Called once when the store is available again. */
  readonly onRegained?: () => void;
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

/** Timeout for connecting, and for a silent connection with pending commands, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 5000;

/** Policy for probing the store by counting; a ping would succeed on a read-only store. */
const PROBE: RateLimitPolicy = { name: "probe", quota: 1_000_000, windowSeconds: 1 };

/**
 * Rate limiter in Valkey or Redis, shared by all instances that use the same store. When the store is unavailable, the
 * first request waits for the timeout at most; then each instance counts with its fallback, and probes the store in the
 * background until it is available again.
 */
export class StoreLimiter implements RateLimiter, Disposable {
  readonly #client: Redis;
  readonly #options: Required<StoreLimiterOptions>;
  readonly #limiters = new Map<string, RateLimiterRedis>();
  #lost = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  /** @param url `redis://user:password@host:port/database`, or `rediss://` with TLS. */
  constructor(url: string, options: StoreLimiterOptions) {
    this.#options = {
      onLost: () => {},
      onRegained: () => {},
      timeoutMs: 200,
      retryMs: 1000,
      ...options,
    };
    this.#client = new Redis(url, {
      lazyConnect: true,
      commandTimeout: this.#options.timeoutMs,
      connectTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: CONNECTION_TIMEOUT_MS,
      // Commands that cannot be sent now must not be sent later: their requests have been served.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => this.#options.retryMs,
      // After a failover the old primary rejects writes; reconnecting by name reaches the new one.
      reconnectOnError: ({ message }) => message.startsWith("READONLY"),
    });
    // Without a listener the client prints errors; failing commands report them anyway.
    this.#client.on("error", () => {});
  }

  /** Connects. Resolves even if the store is unavailable; then the fallback counts. */
  async connect(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("Connecting timed out")), this.#options.timeoutMs * 5);
    });
    try {
      await Promise.race([this.#client.connect(), late]);
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

  async consume(key: string, policy: RateLimitPolicy): Promise<RateLimitUse> {
    if (!this.#lost) {
      try {
        return await this.#consume(key, policy);
      } catch (error) {
        this.#lose(error);
      }
    }
    return await this.#options.insurance.consume(key, policy);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#retry);
    this.#client.disconnect();
  }

  async #consume(key: string, policy: RateLimitPolicy): Promise<RateLimitUse> {
    try {
      const { remainingPoints, msBeforeNext } = await this.#limiterOf(policy).consume(key);
      return { exceeded: false, remaining: remainingPoints, resetMs: msBeforeNext };
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      return { exceeded: true, remaining: 0, resetMs: reason.msBeforeNext };
    }
  }

  #limiterOf({ name, quota, windowSeconds }: RateLimitPolicy): RateLimiterRedis {
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const limiter = new RateLimiterRedis({
      storeClient: this.#client,
      keyPrefix: `archway:limit:${name}`,
      points: quota,
      duration: windowSeconds,
      rejectIfRedisNotReady: true,
      // Exhausted quotas are cached here, so that a flood of excess requests does not reach the store.
      inMemoryBlockOnConsumed: quota,
    });
    this.#limiters.set(name, limiter);
    return limiter;
  }

  #lose(error: unknown): void {
    if (this.#lost || this.#disposed) return;
    this.#lost = true;
    this.#options.onLost(error instanceof Error ? error.message : "Unknown error");
    this.#tryLater();
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => void this.#try(), this.#options.retryMs);
  }

  async #try(): Promise<void> {
    try {
      await this.#consume("store", PROBE);
    } catch {
      if (!this.#disposed) this.#tryLater();
      return;
    }
    if (this.#disposed) return;
    this.#lost = false;
    this.#options.onRegained();
  }
}
