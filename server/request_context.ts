import type { UnitOfWork } from "./idempotency.ts";

/** Authenticated sender of a request. */
export interface Principal {
  /** Identifier of the caller, the same in all of their tokens (RFC 7519, section 4.1.2) and API keys. */
  readonly subject: string;
  /** Granted scopes, as used in the `security` of operations, e.g. "profiles:read". */
  readonly scopes: ReadonlySet<string>;
  /**
   * Whether the credential belongs to a program, not to a caller of its own: together with another credential, the other
   * one identifies the caller.
   *
   * @default {false}
   */
  readonly isClient?: boolean;
}

/** Information about a request for strict handlers, in addition to its typed fields. */
export interface RequestContext {
  /** Request ID: the client's `X-Request-Id` if well formed, else a random UUID. */
  readonly requestId: string;
  /** Absolute URL of the request, with the public origin if configured. */
  readonly url: URL;
  /** Aborts when the request times out or the client disconnects. Created on first use. */
  readonly signal: AbortSignal;
  /** Sender of the request; undefined if the operation is public or authentication is off. */
  readonly principal: Principal | undefined;
  /** Unit of work if the operation requires an `Idempotency-Key`, else undefined. */
  readonly unit: UnitOfWork | undefined;
  /** Current span, or the client's, as a W3C `traceparent`, if any. */
  readonly traceParent: string | undefined;
}
