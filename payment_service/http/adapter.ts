import type { ConsistencyTokens, TokenHeader } from "@archway/service_kit/consistency_tokens.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import type { PageCursors } from "@archway/service_kit/paging/page_cursors.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { PaymentApp } from "../app.ts";
import type { Cause, ReadOptions } from "../use_cases/accounts.ts";
import { viewerOf } from "../viewer_of.ts";

/** What the adapter works with. */
export interface AdapterParts {
  readonly app: PaymentApp;
  /** Places in lists that are in order of time. */
  readonly cursors: PageCursors<Pivot>;
  /** Places in histories. */
  readonly versionCursors: PageCursors<bigint>;
  readonly tokens: ConsistencyTokens;
}

/** How a read is done, by its header fields. @throws {Problem} 400 when the token is not one of ours. */
export function readOptions(
  headers: TokenHeader,
  context: RequestContext,
  { tokens }: Pick<AdapterParts, "tokens">,
): ReadOptions {
  return tokens.readOptions(headers, context);
}

/** By whom something is done, and what is noted of it. */
export function causeOf(context: RequestContext): Cause {
  const { requestId, principal, traceParent, signal } = context;
  return {
    viewer: viewerOf(context),
    metadata: {
      requestId,
      ...(principal !== undefined && { principal: principal.subject }),
      ...(traceParent !== undefined && { traceparent: traceParent }),
    },
    signal,
  };
}

/** The header for what has been written by now. */
export async function tokenHeader(
  context: RequestContext,
  { tokens }: Pick<AdapterParts, "tokens">,
): Promise<TokenHeader> {
  return await tokens.header(context);
}
