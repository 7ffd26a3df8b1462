import type { UnitOfWork } from "./idempotency/idempotency.ts";
import type { Principal } from "./principal.ts";

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
