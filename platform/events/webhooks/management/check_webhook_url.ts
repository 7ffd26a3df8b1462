import { DomainError } from "@archway/service_kit/domain_error.ts";
import { type ResolveOptions, resolveTarget } from "../delivery/target/resolve_target.ts";
import { TargetError, type TargetFault } from "../delivery/target/target_error.ts";
import { parseTargetUrl } from "../delivery/target/target_url.ts";
import type { CheckUrl } from "./webhook_ports.ts";

/** Whoever creates a webhook waits for no name server longer than this, in milliseconds. */
const LOOKUP_MS = 5_000;

/** Of a host that has no address and of one that is inside: who is told which it was learns what names there are. */
const NOT_PUBLIC = "must lead to a host that has addresses, all of them of the public internet";

/** What a client is told of a URL that may not be told of events. */
const REASONS: Partial<Record<TargetFault, string>> = {
  "unusable-url": "must be an absolute https URL of 2,048 characters at the most, without user and fragment",
  "unknown-host": NOT_PUBLIC,
  timeout: "must lead to a host whose address can be found out in time",
  "forbidden-address": NOT_PUBLIC,
};

/** Looks at a URL as those who tell it of events do, before they do. */
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
