/** Why a target cannot be told anything. */
export type TargetErrorCode =
  /** Its URL is not one that is spoken to. */
  | "unusable-url"
  /** Its name has no address, or none that could be found out now. */
  | "unknown-host"
  /** One of its addresses is not of the public internet. */
  | "forbidden-address"
  /** Nobody listens there, or the network does not lead there. */
  | "unreachable"
  /** It does not prove who it is, or speaks no TLS. */
  | "tls"
  /** The connection ended in the middle, or what came was no HTTP. */
  | "broken-answer"
  /** It did not answer in time. */
  | "timeout";

/** A target that could not be told. Its message carries neither its URL nor an address. */
export class TargetError extends Error {
  override readonly name = "TargetError";
  constructor(readonly code: TargetErrorCode, options: { readonly cause?: unknown } = {}) {
    super(`Telling a webhook: ${code}`, options);
  }
}
