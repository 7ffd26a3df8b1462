import type { UnitOfWork } from "./idempotency.ts";

/** Who sends a request, as far as its credentials prove it. */
export interface Principal {
  /** The issuer's name for the caller, the same in every token of theirs (RFC 7519, section 4.1.2). */
  readonly subject: string;
  /** What the caller may do, as operations name it in their `security`, e.g. "profiles:read". */
  readonly scopes: ReadonlySet<string>;
}

/** What a strict handler knows of the request besides its typed fields. */
export interface RequestContext {
  /** The request's id: the client's `X-Request-Id` where that is sane, else a random UUID. */
  readonly requestId: string;
  /** The absolute URL of the request, its origin replaced by the public one where that is configured. */
  readonly url: URL;
  /** Aborts when the request's deadline passes or its client leaves. Made on first use. */
  readonly signal: AbortSignal;
  /** Who sends the request; undefined when the operation is public or authentication is off. */
  readonly principal: Principal | undefined;
  /** What the answer is kept together with, where the operation requires an `Idempotency-Key`; else undefined. */
  readonly unit: UnitOfWork | undefined;
  /** The span that serves it, or that it comes from, as a W3C `traceparent`; undefined: none is known. */
  readonly traceParent: string | undefined;
}
