import type { AccessScope } from "@archway/service_kit/access_scope.ts";
import { actorOf } from "@archway/service_kit/audit_trail.ts";
import type { PaymentDependencies } from "../ports.ts";

/** Records in the audit log, if there is one, that a caller has read resources or their parts. Returns the value. */
export function recordRead<Value>(
  { audit }: Pick<PaymentDependencies, "audit">,
  value: Value,
  { scope, resource, ids }: {
    readonly scope: AccessScope;
    readonly resource: "account" | "payment" | "payment_request" | "payment_request_batch";
    readonly ids: readonly string[];
  },
): Value {
  audit?.read({ actor: actorOf(scope), resource, ids });
  return value;
}
