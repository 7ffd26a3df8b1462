import type { LookupAddress } from "node:dns";
import { TargetError, type TargetErrorCode } from "./target_error.ts";
import { hostOf } from "./target_url.ts";

/** How a target is connected to. */
export interface TargetConnectionOptions {
  /** The addresses that were checked: no other is connected to. */
  readonly addresses: readonly LookupAddress[];
  /** Ends it, whatever it does. */
  readonly signal: AbortSignal;
  /** Certificates to trust, in PEM; absent: those that the platform trusts. */
  readonly ca?: string | undefined;
}

/** How long one of several addresses may take to be connected to, in milliseconds, before the next one is tried. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * A connection to a target: to one of the addresses that were checked, with the certificate of the name in the URL. Plain
 * sockets and not `fetch`, which would look the name up again and tell traces the URL.
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

  /** Connects. @throws {TargetError} "unreachable", "tls", "timeout". */
  static async open(url: URL, options: TargetConnectionOptions): Promise<TargetConnection> {
    const { signal, ca } = options;
    const plain = await connectToAny(Number(url.port || (url.protocol === "https:" ? 443 : 80)), options);
    if (url.protocol !== "https:") return new TargetConnection(plain, signal);
    const encrypted = await expecting("tls", () => startTls(plain, hostOf(url), ca), signal);
    const connection = new TargetConnection(encrypted, signal);
    try {
      await connection.#expect("tls", () => encrypted.handshake());
      return connection;
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /** Sends everything. @throws {TargetError} "broken-answer", "timeout". */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#expect("broken-answer", async () => {
      for (let written = 0; written < bytes.length;) {
        written += await this.#connection.write(bytes.subarray(written));
      }
    });
  }

  /** What comes next; null: nothing any more. @throws {TargetError} "broken-answer", "timeout". */
  async read(): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(4096);
    const size = await this.#expect("broken-answer", () => this.#connection.read(buffer));
    return size === null ? null : buffer.subarray(0, size);
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#abort);
    close(this.#connection);
  }

  /** Waits for something, but not for longer than the signal allows. */
  async #expect<T>(fault: TargetErrorCode, run: () => Promise<T>): Promise<T> {
    return await expecting(fault, run, this.#signal);
  }
}

async function connectToAny(
  port: number,
  { addresses, signal }: TargetConnectionOptions,
): Promise<Deno.TcpConn> {
  let fault: unknown;
  for (const [index, { address }] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const patience = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const connecting = Deno.connect({ hostname: address, port });
    try {
      return await expecting("unreachable", () => connecting, patience);
    } catch (error) {
      connecting.then(close, () => {});
      if (signal.aborted) throw error;
      fault = error;
    }
  }
  throw fault;
}

/** Begins to speak TLS. The platform does so at once: what takes its time is the handshake. */
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

/** Waits for something, but not for longer than the signal allows; what fails is told by a name. */
async function expecting<T>(
  fault: TargetErrorCode,
  run: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new TargetError("timeout"));
  late.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([run(), late]);
  } catch (cause) {
    if (signal.aborted || cause instanceof TargetError) throw new TargetError("timeout", { cause });
    throw new TargetError(cause instanceof Deno.errors.TimedOut ? "timeout" : fault, { cause });
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
