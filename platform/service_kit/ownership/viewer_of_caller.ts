import type { RequestContext } from "@archway/server/request_context.ts";
import { EVERYONE, type Viewer } from "./viewer.ts";

/**
 * Makes what tells a service what the caller of an operation may see. It is for operations that want a token, so that
 * nobody is without a principal unless authentication is off.
 *
 * @param adminScope Of those who look after what everybody owns, beside the scopes that an operation needs.
 */
export function viewerOfCaller(
  adminScope: string,
): (context: Pick<RequestContext, "principal">) => Viewer {
  return ({ principal }) =>
    principal === undefined || principal.scopes.has(adminScope)
      ? EVERYONE
      : { kind: "owner", subject: principal.subject };
}
