import { TargetError } from "./target_error.ts";

/** Options that say which targets are allowed. */
export interface TargetOptions {
  /** Whether to allow private networks, this machine and plain HTTP, for tests and internal receivers. */
  readonly allowPrivate: boolean;
}

/** Maximum length of a URL, in characters. */
const MAX_URL_CHARACTERS = 2048;

/**
 * Parses and normalizes the URL of a target.
 *
 * @throws {TargetError} "unusable-url" if it is not https (or http if allowed), has a user or a fragment, or is too long.
 */
export function parseTargetUrl(text: string, { allowPrivate }: TargetOptions): URL {
  const url = text.length > MAX_URL_CHARACTERS ? null : URL.parse(text);
  const usable = url !== null && (url.protocol === "https:" || (allowPrivate && url.protocol === "http:")) &&
    url.hostname !== "" && url.username === "" && url.password === "" && url.hash === "" &&
    url.port !== "0" && url.href.length <= MAX_URL_CHARACTERS;
  if (!usable) throw new TargetError("unusable-url");
  return url;
}

/** Returns the host name or address of a URL, an IPv6 address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
