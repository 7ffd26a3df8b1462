import type { Logger } from "../logger.ts";
import { checkTls, expiryOf, readTlsFiles, type TlsFiles, type TlsPair } from "../tls.ts";

/** Options of a TLS watch. */
export interface TlsWatchOptions {
  /** Interval between reads of the files, in milliseconds. */
  readonly everyMs: number;
  readonly logger: Logger;
  /** Applies the new certificate; returns false if a restart is required. Throws if the certificate is unusable. */
  onChanged(pair: TlsPair): boolean;
}

/** Periodically rereads the TLS files, because certificates are renewed while the program runs. */
export class TlsWatch implements Disposable {
  readonly #files: TlsFiles;
  readonly #options: TlsWatchOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #current: TlsPair;
  #reading = false;
  #lastError: string | undefined;

  /** @param current Content of the files as last read. */
  constructor(files: TlsFiles, current: TlsPair, options: TlsWatchOptions) {
    this.#files = files;
    this.#current = current;
    this.#options = options;
    this.#warnOfExpiry();
    this.#timer = setInterval(() => void this.#check(), options.everyMs);
    Deno.unrefTimer(Number(this.#timer));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #check(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const pair = await readTlsFiles(this.#files);
      if (pair.cert !== this.#current.cert || pair.key !== this.#current.key) {
        checkTls(pair);
        this.#use(pair);
      }
      this.#lastError = undefined;
    } catch (error) {
      // One of the two files may be newer than the other; the next check sees both.
      this.#reportError(error instanceof Error ? error.message : "Cannot use TLS");
    } finally {
      this.#reading = false;
    }
  }

  #use(pair: TlsPair): void {
    const { logger, onChanged } = this.#options;
    if (onChanged(pair)) logger.info("TLS certificate replaced");
    else logger.warn("TLS certificate changed; restart to use it");
    this.#current = pair;
    this.#warnOfExpiry();
  }

  #warnOfExpiry(): void {
    const expiry = expiryOf(this.#current);
    if (expiry.getTime() > Date.now()) return;
    this.#options.logger.warn("TLS certificate expired at {expiry}", { expiry: expiry.toISOString() });
  }

  #reportError(message: string): void {
    if (message === this.#lastError) return;
    this.#lastError = message;
    this.#options.logger.warn("TLS files not reloaded, keeping the current certificate: {message}", {
      message,
    });
  }
}
