import type { RequestContext } from "../server/request_context.ts";
import { EVERYONE, type Viewer } from "./viewer.ts";

/** The scope of those who look after everybody's money, beside the scopes that an operation needs. */
const ADMIN_SCOPE = "payments:admin";

/**
 * What the caller of an operation may see. Every operation of this service wants a token, so nobody is without a
 * principal unless authentication is off.
 */
export function viewerOf({ principal }: Pick<RequestContext, "principal">): Viewer {
  if (principal === undefined || principal.scopes.has(ADMIN_SCOPE)) return EVERYONE;
  return { kind: "owner", subject: principal.subject };
}
