import type { Logger } from "../logger.ts";
import { checkTls, expiryOf, readTlsFiles, type TlsFiles, type TlsPair } from "../tls.ts";

/** What is done about files that have changed. */
export interface TlsWatchOptions {
  /** How often they are read, in milliseconds. */
  readonly everyMs: number;
  readonly logger: Logger;
  /** Takes the new certificate into use; false: it never can. Throws when this one cannot be used. */
  onChanged(pair: TlsPair): boolean;
}

/** Rereads the files of TLS again and again, since certificates are replaced long before a program is. */
export class TlsWatch implements Disposable {
  readonly #files: TlsFiles;
  readonly #options: TlsWatchOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #current: TlsPair;
  #reading = false;
  #lastError: string | undefined;

  /** @param current What was read of them last. */
  constructor(files: TlsFiles, current: TlsPair, options: TlsWatchOptions) {
    this.#files = files;
    this.#current = current;
    this.#options = options;
    this.#warnOfExpiry();
    this.#timer = setInterval(() => void this.#look(), options.everyMs);
    Deno.unrefTimer(Number(this.#timer));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
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
      // Perhaps one of the two is written already: the next look will tell.
      this.#reportError(error instanceof Error ? error.message : "Cannot use TLS");
    } finally {
      this.#reading = false;
    }
  }

  #use(pair: TlsPair): void {
    const { logger, onChanged } = this.#options;
    if (onChanged(pair)) logger.info("The certificate was replaced");
    else logger.warn("The certificate has changed: restart to use it");
    this.#current = pair;
    this.#warnOfExpiry();
  }

  #warnOfExpiry(): void {
    const expiry = expiryOf(this.#current);
    if (expiry.getTime() > Date.now()) return;
    this.#options.logger.warn("The certificate expired at {expiry}", { expiry: expiry.toISOString() });
  }

  #reportError(message: string): void {
    if (message === this.#lastError) return;
    this.#lastError = message;
    this.#options.logger.warn("Keeping the certificate that is in use: {message}", { message });
  }
}
