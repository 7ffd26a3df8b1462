import { KeysError } from "./parse_keys.ts";

/** What fetching is bounded by. */
export interface FetchKeysOptions {
  /** How long it may take, in milliseconds. @default {5000} */
  readonly timeoutMs?: number;
}

/** A key set is a few kilobytes; what is longer than this is something else. */
const MAX_BYTES = 262_144;

/**
 * Fetches the text of a key set.
 *
 * @throws {KeysError} when there is no answer in time, or none that can be one.
 */
export async function fetchKeys(url: URL, { timeoutMs = 5000 }: FetchKeysOptions = {}): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/jwk-set+json, application/json" },
      // Elsewhere are the keys of somebody else.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new KeysError(`Fetching the keys: the status is ${response.status}`);
    }
    return await readText(response);
  } catch (error) {
    if (error instanceof KeysError) throw error;
    throw new KeysError("Fetching the keys: there was no answer", { cause: error });
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let text = "";
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new KeysError("Fetching the keys: the answer is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
