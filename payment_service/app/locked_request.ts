import type { Transaction } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { meetsCondition, type VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { LockedAccount } from "../domain/decisions.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { PaymentRequest } from "../domain/payment_request.ts";
import { tagVersion } from "../domain/tag_version.ts";
import type { FoundRequest, PaymentRequestDependencies } from "../ports.ts";
import type { Cause } from "./accounts.ts";
import { findAccount, sidesOf } from "./request_revision.ts";

/** Cause of a change that requires a version. */
export type ConditionalCause = Cause & { readonly condition: VersionCondition };

/** A payment request that does not change until the end of the transaction. */
interface LockedRequest extends FoundRequest {
  readonly locked: readonly LockedAccount[];
}

/**
 * Returns a payment request after its accounts and another one were locked: all changes of a request lock the account of
 * its payee first, so they come one by one.
 *
 * @throws {DomainError} "payment-request-not-found".
 */
export async function lockRequest(
  tx: Transaction,
  { accounts, requests }: PaymentRequestDependencies,
  { key, other }: { readonly key: ResourceKey; readonly other: string | null },
): Promise<LockedRequest> {
  const before = presentRequest(await requests.find(tx, key)).request;
  const ids = [...sidesOf(before), ...other === null ? [] : [other]];
  const locked = await accounts.lock(tx, ids, key.scope);
  const found = presentRequest(await requests.find(tx, key));
  // A revision may have asked another account to pay meanwhile. A deadlock by this late lock has the change repeated.
  const late = sidesOf(found.request).filter((id) => findAccount(locked, id) === undefined);
  const more = late.length === 0 ? [] : await accounts.lock(tx, late, key.scope);
  return { ...found, locked: [...locked, ...more] };
}

/** @throws {DomainError} "payment-request-not-found". */
export function presentRequest(found: FoundRequest | undefined): FoundRequest {
  if (found === undefined) throw new PaymentError("payment-request-not-found");
  return found;
}

/** @throws {DomainError} "payment-request-changed". */
export function checkRequestVersion(request: PaymentRequest, condition: VersionCondition): void {
  const version = tagVersion(request);
  if (meetsCondition(version, condition)) return;
  throw new PaymentError("payment-request-changed", { currentVersion: version });
}
