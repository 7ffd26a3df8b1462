import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitPolicy, RateLimitUse } from "../rate_limit.ts";

/** What a limiter does when its store is away. */
export interface StoreLimiterOptions {
  /** Counts meanwhile. */
  readonly insurance: RateLimiter;
  /** Told once when the store is lost, with a reason without secrets. */
  readonly onLost?: (reason: string) => void;
  /** Told once when it is used again. */
  readonly onRegained?: () => void;
  /**
   * How long the store may take to answer before it counts as lost, in milliseconds.
   * @default {200}
   */
  readonly timeoutMs?: number;
  /**
   * How long a lost store is left alone before it is tried again, in milliseconds.
   * @default {1000}
   */
  readonly retryMs?: number;
}

/** A connection that has been silent for this long while something was asked over it is given up, in milliseconds. */
const SILENCE_MS = 5000;

/** What is asked of a store to see that it counts again; a mere ping would succeed on a read-only one. */
const PROBE: RateLimitPolicy = { name: "probe", quota: 1_000_000, windowSeconds: 1 };

/**
 * Counts in a Valkey or Redis, for all instances that use the same one. The first request to find the store away waits
 * no longer than the timeout; from then on the insurance counts, each instance for itself, and the store is tried in
 * the background, on no request's time, until it can be used again.
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
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      // What cannot be asked now is not to be asked later: its request has gone on.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => this.#options.retryMs,
      // After a failover the old primary takes no writes: the name leads to the new one.
      reconnectOnError: ({ message }) => message.startsWith("READONLY"),
    });
    // Whoever listens not at all has it printed; what fails is told by the command that fails.
    this.#client.on("error", () => {});
  }

  /** Connects. Resolves also where the store is away: then the insurance counts. */
  async connect(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("Connecting takes too long")), this.#options.timeoutMs * 5);
    });
    try {
      await Promise.race([this.#client.connect(), late]);
    } catch (error) {
      this.#lose(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the store is away. */
  get lost(): boolean {
    return this.#lost;
  }

  async consume(key: string, policy: RateLimitPolicy): Promise<RateLimitUse> {
    if (!this.#lost) {
      try {
        return await this.#ask(key, policy);
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

  async #ask(key: string, policy: RateLimitPolicy): Promise<RateLimitUse> {
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
      // Who has used up everything is known here: a flood of theirs costs the store nothing.
      inMemoryBlockOnConsumed: quota,
    });
    this.#limiters.set(name, limiter);
    return limiter;
  }

  #lose(error: unknown): void {
    if (this.#lost || this.#disposed) return;
    this.#lost = true;
    this.#options.onLost(error instanceof Error ? error.message : "The store failed");
    this.#tryLater();
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => void this.#try(), this.#options.retryMs);
  }

  async #try(): Promise<void> {
    try {
      await this.#ask("store", PROBE);
    } catch {
      if (!this.#disposed) this.#tryLater();
      return;
    }
    if (this.#disposed) return;
    this.#lost = false;
    this.#options.onRegained();
  }
}
