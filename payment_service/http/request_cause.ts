import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf } from "@archway/service_kit/access_scope.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import type { Cause } from "../app/accounts.ts";
import type { PaymentApp } from "../app/payment_app.ts";

/** What the HTTP adapter needs. */
export interface PaymentHandlersDependencies {
  readonly app: PaymentApp;
  readonly cursors: PageCursors;
  /** Cursors of histories, which are ordered by version. */
  readonly versionCursors: PageCursors<bigint>;
  readonly tokens: ConsistencyTokens;
}

/** The access scope of a caller. */
export const scopeOf = accessScopeOf("payments:admin");

/** Who requests something, and what is recorded of it. */
export function causeOf(context: RequestContext): Cause {
  const { requestId, principal, traceParent, signal } = context;
  return {
    scope: scopeOf(context),
    metadata: {
      requestId,
      ...(principal !== undefined && { principal: principal.subject }),
      ...(traceParent !== undefined && { traceparent: traceParent }),
    },
    signal,
  };
}
