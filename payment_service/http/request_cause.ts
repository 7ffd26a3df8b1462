import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf } from "@archway/service_kit/access_scope.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import type { Cause } from "../app/accounts.ts";
import type { PaymentApp } from "../app/payment_app.ts";

/** Dependencies of the HTTP handlers. */
export interface PaymentHandlersDependencies {
  readonly app: PaymentApp;
  readonly cursors: PageCursors;
  /** Cursors of lists that are ordered by a number from 1. */
  readonly versionCursors: PageCursors<bigint>;
  readonly tokens: ConsistencyTokens;
  /** Generates a UUIDv7. */
  readonly newId: () => string;
}

/** Returns the access scope of a caller. */
export const scopeOf = accessScopeOf("payments:admin");

/** Returns the cause of a request: its access scope, and the metadata to record. */
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
