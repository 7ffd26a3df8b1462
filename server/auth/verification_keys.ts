import { AuthenticatorUnavailableError } from "../security/authenticator.ts";
import { type KeyFinder, type ParsedKeys, parseKeys } from "./parse_keys.ts";

/** Loads the current text of the keys. */
export type KeySource = () => Promise<string>;

/** Options of the verification keys. */
export interface VerificationKeysOptions {
  /** Age at which the keys are reloaded in the background, in milliseconds. */
  readonly refreshMs: number;
  /** Age up to which keys are used if they cannot be reloaded, in milliseconds. */
  readonly staleMs: number;
  /** Minimum interval between loads, regardless of the tokens received, in milliseconds. */
  readonly cooldownMs: number;
  /** Called when loading fails. */
  readonly onError?: (error: unknown) => void;
  /** Called when loading succeeds after a failure. */
  readonly onRecovered?: () => void;
  /**
   * Returns the current time, in milliseconds since the Unix epoch.
   *
   * @default {Date.now}
   */
  readonly nowMs?: () => number;
}

/** Minimum time between two loads before the first keys, in milliseconds. */
const MIN_PAUSE_MS = 500;

/**
 * Cached keys for token verification. Once found, they are reloaded on use, not by a timer. A token with an unknown
 * key ID reveals a rotation; an outage of the source becomes visible only when the keys are too old.
 */
export class VerificationKeys {
  readonly #source: KeySource;
  readonly #options: VerificationKeysOptions;
  #text: string | undefined;
  #loaded: ParsedKeys & { readonly at: number } | undefined;
  #attempt: { readonly at: number; readonly error?: unknown } | undefined;
  #loading: Promise<KeyFinder> | undefined;
  #hadKeys = false;

  constructor(source: KeySource, options: VerificationKeysOptions) {
    this.#source = source;
    this.#options = options;
  }

  /**
   * Returns the keys, synchronously while they are fresh enough.
   *
   * @throws {AuthenticatorUnavailableError} if there are none, or they are too old.
   */
  current(): KeyFinder | Promise<KeyFinder> {
    const loaded = this.#loaded;
    const age = loaded === undefined ? Infinity : this.#now() - loaded.at;
    if (loaded === undefined || age >= this.#options.staleMs) return this.#loadUnlessTried();
    if (age >= this.#options.refreshMs && !this.#triedLately()) {
      // Reloads in the background; onError reports failures, and the current keys remain valid for a while.
      this.#load().catch(() => {});
    }
    return loaded.find;
  }

  /**
   * Returns newer keys for a token that matches none of the known ones. Undefined if there are none.
   *
   * @throws {AuthenticatorUnavailableError} if the keys cannot be loaded.
   */
  async newerThan(known: KeyFinder): Promise<KeyFinder | undefined> {
    const loaded = this.#loaded?.find;
    if (loaded !== undefined && loaded !== known) return loaded;
    if (this.#loading === undefined && this.#triedLately() && this.#attempt?.error === undefined) {
      return undefined;
    }
    const found = await this.#loadUnlessTried();
    return found === known ? undefined : found;
  }

  /**
   * State of the keys: "unavailable" until a load has found any; then "degraded" while they cannot be reloaded or the
   * source has none.
   */
  get status(): "ok" | "degraded" | "unavailable" {
    if (!this.#hadKeys) return "unavailable";
    return this.#attempt?.error !== undefined || this.#loaded?.count === 0 ? "degraded" : "ok";
  }

  /** Reloads the keys in the background if they are due, as a request does. */
  refresh(): void {
    Promise.resolve(this.current()).catch(() => {});
  }

  /** Loads the keys again and again until there are any, without a request for them. */
  async loadUntilFound(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#load().catch(() => {});
      if (this.#hadKeys) return;
      await pause(Math.max(this.#options.cooldownMs, MIN_PAUSE_MS), signal);
    }
  }

  /**
   * Loads the keys now.
   *
   * @throws {AuthenticatorUnavailableError} if they cannot be loaded.
   */
  load(): Promise<KeyFinder> {
    return this.#load();
  }

  async #loadUnlessTried(): Promise<KeyFinder> {
    if (this.#loading === undefined && this.#triedLately() && this.#attempt?.error !== undefined) {
      throw unavailable(this.#attempt.error);
    }
    return await this.#load();
  }

  #load(): Promise<KeyFinder> {
    return this.#loading ??= this.#read().finally(() => this.#loading = undefined);
  }

  async #read(): Promise<KeyFinder> {
    const at = this.#now();
    try {
      const text = await this.#source();
      // Unchanged keys keep their finder, which has already imported them.
      const parsed = text === this.#text && this.#loaded ? this.#loaded : parseKeys(text);
      const recovered = this.#attempt?.error !== undefined;
      this.#attempt = { at };
      this.#text = text;
      this.#loaded = { ...parsed, at };
      this.#hadKeys ||= parsed.count > 0;
      if (recovered) this.#options.onRecovered?.();
      return parsed.find;
    } catch (error) {
      this.#attempt = { at, error: error };
      this.#options.onError?.(error);
      throw unavailable(error);
    }
  }

  #triedLately(): boolean {
    return this.#attempt !== undefined && this.#now() - this.#attempt.at < this.#options.cooldownMs;
  }

  #now(): number {
    return (this.#options.nowMs ?? Date.now)();
  }
}

/** Waits, but does not keep the process alive. Ends early when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    Deno.unrefTimer(timer);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

function unavailable(cause: unknown): AuthenticatorUnavailableError {
  return new AuthenticatorUnavailableError("Verification keys unavailable", { cause });
}
