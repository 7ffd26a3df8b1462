import { AuthenticatorUnavailableError } from "../security/authenticator.ts";
import { type KeyFinder, parseKeys } from "./parse_keys.ts";

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
  /**
   * Returns the current time, in milliseconds since the Unix epoch.
   *
   * @default {Date.now}
   */
  readonly nowMs?: () => number;
}

/**
 * Cached keys for token verification. They are reloaded on use, not by a timer. A token with an unknown key ID reveals
 * a rotation; an outage of the source becomes visible only when the keys are too old.
 */
export class VerificationKeys {
  readonly #source: KeySource;
  readonly #options: VerificationKeysOptions;
  #text: string | undefined;
  #loaded: { readonly find: KeyFinder; readonly at: number } | undefined;
  #attempt: { readonly at: number; readonly error?: unknown } | undefined;
  #loading: Promise<KeyFinder> | undefined;

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
      const find = text === this.#text && this.#loaded ? this.#loaded.find : parseKeys(text);
      this.#attempt = { at };
      this.#text = text;
      this.#loaded = { find, at };
      return find;
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

function unavailable(cause: unknown): AuthenticatorUnavailableError {
  return new AuthenticatorUnavailableError("Verification keys unavailable", { cause });
}
