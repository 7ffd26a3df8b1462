import type { LookupAddress } from "node:dns";
import { TargetError, type TargetErrorCode } from "./target_error.ts";
import { hostOf } from "./target_url.ts";

/** Options of a connection to a target. */
export interface TargetConnectionOptions {
  /** Checked addresses, the only ones to connect to. */
  readonly addresses: readonly LookupAddress[];
  /** Closes the connection when aborted. */
  readonly signal: AbortSignal;
  /** Certificates to trust, in PEM. @default those of the platform */
  readonly ca?: string | undefined;
}

/** Time limit for one of several addresses before the next one is tried, in milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Connection to one of a target's checked addresses, with the certificate verified for the host name of the URL. Uses
 * sockets instead of `fetch`, which would resolve the name again and export the URL in traces.
 */
export class TargetConnection implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #signal: AbortSignal;
  readonly #abort = (): void => close(this.#connection);

  private constructor(connection: Deno.Conn, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  /** Opens a connection. @throws {TargetError} "unreachable", "tls", "timeout". */
  static async open(url: URL, options: TargetConnectionOptions): Promise<TargetConnection> {
    const { signal, ca } = options;
    const plain = await connectToAny(Number(url.port || (url.protocol === "https:" ? 443 : 80)), options);
    if (url.protocol !== "https:") return new TargetConnection(plain, signal);
    const encrypted = await runUntilAborted("tls", () => startTls(plain, hostOf(url), ca), signal);
    const connection = new TargetConnection(encrypted, signal);
    try {
      await connection.#run("tls", () => encrypted.handshake());
      return connection;
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /** Writes all bytes. @throws {TargetError} "broken-answer", "timeout". */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#run("broken-answer", async () => {
      for (let written = 0; written < bytes.length;) {
        written += await this.#connection.write(bytes.subarray(written));
      }
    });
  }

  /** Reads the next bytes; resolves to null at the end. @throws {TargetError} "broken-answer", "timeout". */
  async read(): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(4096);
    const size = await this.#run("broken-answer", () => this.#connection.read(buffer));
    return size === null ? null : buffer.subarray(0, size);
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#abort);
    close(this.#connection);
  }

  async #run<T>(code: TargetErrorCode, operation: () => Promise<T>): Promise<T> {
    return await runUntilAborted(code, operation, this.#signal);
  }
}

async function connectToAny(
  port: number,
  { addresses, signal }: TargetConnectionOptions,
): Promise<Deno.TcpConn> {
  let failure: unknown;
  for (const [index, { address }] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const timeout = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const connecting = Deno.connect({ hostname: address, port });
    try {
      return await runUntilAborted("unreachable", () => connecting, timeout);
    } catch (error) {
      connecting.then(close, () => {});
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Upgrades a connection to TLS. Returns before the handshake. */
async function startTls(
  plain: Deno.TcpConn,
  hostname: string,
  ca: string | undefined,
): Promise<Deno.TlsConn> {
  try {
    const options = { hostname, alpnProtocols: ["http/1.1"], ...(ca !== undefined && { caCerts: [ca] }) };
    return await Deno.startTls(plain, options);
  } catch (error) {
    close(plain);
    throw error;
  }
}

/** Runs an operation until the signal aborts. Rejects with a `TargetError` of the code, or with "timeout". */
async function runUntilAborted<T>(
  code: TargetErrorCode,
  operation: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new TargetError("timeout"));
  late.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([operation(), late]);
  } catch (cause) {
    if (signal.aborted || cause instanceof TargetError) throw new TargetError("timeout", { cause });
    throw new TargetError(cause instanceof Deno.errors.TimedOut ? "timeout" : code, { cause });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
