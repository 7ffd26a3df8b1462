import { DomainError } from "@archway/service_kit/domain_error.ts";
import { type ResolveOptions, resolveTarget } from "../delivery/target/resolve_target.ts";
import { TargetError, type TargetErrorCode } from "../delivery/target/target_error.ts";
import { parseTargetUrl } from "../delivery/target/target_url.ts";
import type { CheckUrl } from "./ports.ts";

/** Time limit of the name lookup when a webhook is created, in milliseconds. */
const LOOKUP_MS = 5_000;

/** For a host without addresses and for a private one: a difference would reveal which names exist inside. */
const NOT_PUBLIC = "must lead to a host that has addresses, all of them of the public internet";

/** Reasons by which clients learn why a URL is refused. */
const REASONS: Partial<Record<TargetErrorCode, string>> = {
  "unusable-url": "must be an absolute https URL of at most 2,048 characters, without user and fragment",
  "unknown-host": NOT_PUBLIC,
  timeout: "must lead to a host whose address can be found out in time",
  "forbidden-address": NOT_PUBLIC,
};

/** Returns the check that a delivery would make of a URL, for the time before it is stored. */
export function checkWebhookUrl(rules: Pick<ResolveOptions, "allowPrivate" | "resolve">): CheckUrl {
  return async (text, { signal }) => {
    const late = AbortSignal.timeout(LOOKUP_MS);
    try {
      const url = parseTargetUrl(text, rules);
      await resolveTarget(url, {
        ...rules,
        signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      });
      return url.href;
    } catch (error) {
      const reason = error instanceof TargetError ? REASONS[error.code] : undefined;
      if (reason === undefined) throw error;
      throw new DomainError("invalid-webhook", { fieldErrors: [{ field: "/url", reason }], cause: error });
    }
  };
}
