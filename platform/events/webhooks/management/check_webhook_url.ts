import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { ResolveOptions } from "../delivery/target/resolve_target.ts";
import type { TargetErrorCode } from "../delivery/target/target_error.ts";
import type { CheckUrl } from "./ports.ts";

/** Time limit of the name lookup when a webhook is created, in milliseconds. */
const LOOKUP_MS = 5_000;

/** The same reason for an unknown host and a private one: different ones would reveal names of the internal network. */
const NOT_PUBLIC = "must have a host that resolves to public addresses only";

/** Validation errors of a URL. */
const REASONS: Partial<Record<TargetErrorCode, string>> = {
  "unusable-url": "must be an absolute https URL of at most 2,048 characters, without a user or fragment",
  "unknown-host": NOT_PUBLIC,
  timeout: "must have a host whose name can be resolved within 5 seconds",
  "forbidden-address": NOT_PUBLIC,
};

/** Returns the check of a URL that deliveries make, to be applied before it is stored. */
export function checkWebhookUrl(rules: Pick<ResolveOptions, "allowPrivate" | "resolve">): CheckUrl {
  return async (text, { signal }) => {
    // Loaded with the first URL: a start needs no client of webhooks.
    const [{ parseTargetUrl }, { resolveTarget }, { TargetError }] = await Promise.all([
      import("../delivery/target/target_url.ts"),
      import("../delivery/target/resolve_target.ts"),
      import("../delivery/target/target_error.ts"),
    ]);
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
