import { AuthenticatorUnavailableError } from "../security/authenticator.ts";
import { type KeyFinder, parseKeys } from "./parse_keys.ts";

/** Gives the text of the keys as they are now. */
export type KeySource = () => Promise<string>;

/** How long keys are used, and how often they are asked for. */
export interface VerificationKeysOptions {
  /** After this the keys are asked for again, while the old ones are used. In milliseconds. */
  readonly refreshMs: number;
  /** Where they cannot be had anew, the old ones are used for so long after they were last read. In milliseconds. */
  readonly staleMs: number;
  /** The source is not asked more often than this, whatever tokens are sent. In milliseconds. */
  readonly cooldownMs: number;
  /** Told when the keys could not be had. */
  readonly onError?: (error: unknown) => void;
  /** The time now, in milliseconds since 1970. @default {Date.now} */
  readonly nowMs?: () => number;
}

/**
 * The keys that tokens are checked with, and what keeps them fresh: no timer, but the tokens that come. A rotation
 * is noticed when a token names a key that is not known; an outage of the source when it has lasted too long.
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
   * The keys to check a token with; at once while they are not too old.
   * @throws {AuthenticatorUnavailableError} when there are none, or only such as are too old.
   */
  current(): KeyFinder | Promise<KeyFinder> {
    const loaded = this.#loaded;
    const age = loaded === undefined ? Infinity : this.#now() - loaded.at;
    if (loaded === undefined || age >= this.#options.staleMs) return this.#loadUnlessTried();
    if (age >= this.#options.refreshMs && !this.#triedLately()) {
      // Whoever comes now need not wait. The error was told, and what is there is good for a while.
      this.#load().catch(() => {});
    }
    return loaded.find;
  }

  /**
   * Other keys than these, where a token names one that is not among them; undefined: there are none.
   * @throws {AuthenticatorUnavailableError} when that cannot be told.
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
   * Asks for the keys now.
   * @throws {AuthenticatorUnavailableError} when they cannot be had.
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
      // The same keys are the same finder, which has imported them by now.
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
  return new AuthenticatorUnavailableError("The keys to check tokens with cannot be had", { cause });
}
