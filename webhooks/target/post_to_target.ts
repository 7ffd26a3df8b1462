import type { LookupAddress } from "node:dns";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ResolveOptions, resolveTarget } from "./resolve_target.ts";
import { TargetError } from "./target_error.ts";
import { hostOf } from "./target_url.ts";
import { targetFaultOf } from "./target_fault_of.ts";

/** What is posted, and how. */
export interface PostOptions extends ResolveOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it is given up. */
  readonly signal: AbortSignal;
  /** Certificates to trust, in PEM; absent: those that the platform trusts. */
  readonly ca?: string;
}

/** So much of an answer is read, in bytes; what it says is of no interest, but some take it ill not to be heard. */
const MOST_READ = 16_384;

/**
 * Posts to a target, over a connection of its own to one of the addresses that were checked, and gives the status of the
 * answer. No redirect is followed.
 *
 * @throws {TargetError}
 */
export async function postToTarget(url: URL, options: PostOptions): Promise<number> {
  const addresses = await resolveTarget(url, options);
  const agent = new PinnedAgent(url, { addresses, ca: options.ca });
  try {
    const response = await send(url, agent, options);
    await drain(response, options.signal);
    return response.statusCode ?? 0;
  } catch (error) {
    throw new TargetError(options.signal.aborted ? "timeout" : targetFaultOf(error), { cause: error });
  } finally {
    agent.destroy();
  }
}

/** Connects to nothing but the addresses that were checked, and wants the certificate of the name in the URL. */
class PinnedAgent extends Agent {
  readonly #connect: () => Socket;

  constructor(
    url: URL,
    { addresses, ca }: {
      readonly addresses: readonly [LookupAddress, ...LookupAddress[]];
      readonly ca: string | undefined;
    },
  ) {
    super({ keepAlive: false });
    const host = hostOf(url);
    const lookup: LookupFunction = (_host, { all }, callback) => {
      const [first] = addresses;
      if (all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    const open = (): Socket =>
      url.protocol === "https:"
        ? connectTls({
          host,
          port: Number(url.port || 443),
          lookup,
          ...(isIP(host) === 0 && { servername: host }),
          ...(ca !== undefined && { ca }),
        })
        : connectPlain({ host, port: Number(url.port || 80), lookup });
    // What breaks after it was given up is nobody's any more, and would end the process.
    this.#connect = () => open().on("error", () => {});
  }

  override createConnection(): Socket {
    return this.#connect();
  }
}

function send(url: URL, agent: Agent, { headers, body, signal }: PostOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const bytes = new TextEncoder().encode(body);
  const outgoing = request({
    agent,
    method: "POST",
    host: hostOf(url),
    path: url.pathname + url.search,
    headers: { ...headers, Host: url.host, "Content-Length": bytes.length },
    signal,
  }, resolve);
  outgoing.on("error", reject);
  outgoing.end(bytes);
  return promise;
}

/** Reads what there is, within bounds. The status was said before, so nothing that goes wrong here changes it. */
function drain(response: IncomingMessage, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let read = 0;
  response.on("data", (chunk: Uint8Array) => {
    read += chunk.length;
    if (read > MOST_READ) resolve();
  });
  for (const event of ["end", "error", "close"]) response.on(event, () => resolve());
  const abort = (): void => resolve();
  signal.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    signal.removeEventListener("abort", abort);
    response.destroy();
  });
}
