import { readLimitedBody } from "../limited_body.ts";
import { KeysError } from "./parse_keys.ts";

/** Options of fetching keys. */
export interface FetchKeysOptions {
  /**
   * Timeout in milliseconds.
   *
   * @default {5000}
   */
  readonly timeoutMs?: number;
}

/** Loopback names and addresses in the form that URL gives them (RFC 6761, section 6.3). */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Maximum size of a response in bytes; a key set has a few kilobytes. */
const MAX_BYTES = 262_144;

/**
 * Fetches the text of a key set.
 *
 * @throws {KeysError} if the request fails or times out, or the response is not a text of bounded size.
 */
export async function fetchKeys(url: URL, { timeoutMs = 5000 }: FetchKeysOptions = {}): Promise<string> {
  const client = directClient(url);
  try {
    const response = await fetch(url, {
      ...(client && { client }),
      headers: { Accept: "application/jwk-set+json, application/json" },
      // Do not follow redirects to another issuer's keys.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new KeysError(`Fetching the keys failed with status ${response.status}`);
    }
    const { bytes, isCut } = await readLimitedBody(response.body, MAX_BYTES);
    if (isCut) throw new KeysError("Fetching the keys failed: the response is too large");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof KeysError) throw error;
    throw new KeysError(`Fetching the keys failed: ${reasonOf(error)}`, { cause: error });
  } finally {
    client?.close();
  }
}

/**
 * Returns a client that connects to a loopback URL directly, whatever proxy the environment names: over http, the proxy
 * could replace the keys. Other URLs are https, and a proxy only relays their encrypted bytes.
 */
function directClient({ protocol, hostname, port }: URL): Deno.HttpClient | undefined {
  if (!LOOPBACK.test(hostname)) return undefined;
  return Deno.createHttpClient({
    proxy: {
      transport: "tcp",
      hostname: hostname.replaceAll(/[[\]]/g, ""),
      port: Number(port || (protocol === "https:" ? 443 : 80)),
    },
  });
}

/** Returns why there is no response, without the URL, such as "tcp connect error: Connection refused (os error 111)". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "no response";
  if (error.name === "TimeoutError") return "timed out";
  const { message } = error.cause instanceof Error ? error.cause : error;
  const [, reason] = /client error \(\w+\): (.+)$/s.exec(message) ?? [];
  return reason === undefined ? "no usable response" : reason.slice(0, 200);
}
