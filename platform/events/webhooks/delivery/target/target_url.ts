import { TargetError } from "./target_error.ts";

/** Which targets are allowed. */
export interface TargetOptions {
  /** Whether those of private networks and this machine are, and plain HTTP: for tests, and inside a network of one's own. */
  readonly allowPrivate: boolean;
}

/** The longest URL, in characters. */
export const MAX_URL_CHARACTERS = 2048;

/**
 * The URL of a target, as the platform spells it.
 *
 * @throws {TargetError} "unusable-url" for what is not https (or http where that is allowed), carries a user or a
 *   fragment, or is too long.
 */
export function parseTargetUrl(text: string, { allowPrivate }: TargetOptions): URL {
  const url = text.length > MAX_URL_CHARACTERS ? null : URL.parse(text);
  const usable = url !== null && (url.protocol === "https:" || (allowPrivate && url.protocol === "http:")) &&
    url.hostname !== "" && url.username === "" && url.password === "" && url.hash === "" &&
    url.port !== "0" && url.href.length <= MAX_URL_CHARACTERS;
  if (!usable) throw new TargetError("unusable-url");
  return url;
}

/** The host's name or address, without the brackets of an IPv6 one. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
