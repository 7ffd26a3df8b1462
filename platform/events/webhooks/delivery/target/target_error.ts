/** Reason why a post to a target failed. */
export type TargetErrorCode =
  /** The URL is not allowed. */
  | "unusable-url"
  /** The host has no address, or the lookup failed. */
  | "unknown-host"
  /** One of the host's addresses is not public. */
  | "forbidden-address"
  /** The connection was refused, or there is no route to the host. */
  | "unreachable"
  /** The certificate is not valid for the host, or the server does not speak TLS. */
  | "tls"
  /** The connection was closed early, or the response is not HTTP. */
  | "broken-answer"
  /** No response arrived in time. */
  | "timeout";

/** Error of a post to a target. Its message contains neither the URL nor an address. */
export class TargetError extends Error {
  override readonly name = "TargetError";
  constructor(readonly code: TargetErrorCode, options: { readonly cause?: unknown } = {}) {
    super(`Cannot post to a webhook: ${code}`, options);
  }
}
