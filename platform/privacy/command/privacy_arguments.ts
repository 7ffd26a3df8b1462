import { UsageError } from "@archway/service_kit/command.ts";
import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";

/** Parsed arguments of the command `privacy`. */
export type PrivacyArguments =
  | { readonly action: "export"; readonly subject: string }
  | {
    readonly action: "erase";
    readonly subject: string;
    readonly confirm: string | undefined;
    readonly insist: boolean;
    readonly again: boolean;
  }
  | { readonly action: "encrypt" }
  | { readonly action: "scrub" };

const ACTIONS = {
  export: { subject: "text" },
  erase: { subject: "text", confirm: "text", insist: "flag", again: "flag" },
  encrypt: {},
  scrub: {},
} as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Parses the arguments of the command `privacy`. @throws {UsageError} for the first invalid argument. */
export function parsePrivacyArguments(args: readonly string[]): PrivacyArguments {
  const parsed = parseAction(args, ACTIONS);
  refusePositionals(parsed);
  const { action, values } = parsed;
  if (action === "encrypt" || action === "scrub") return { action };
  const subject = values.get("subject")?.toLowerCase();
  if (subject === undefined || !UUID.test(subject)) {
    throw new UsageError("--subject requires the id of a person, such as that of a profile");
  }
  if (action === "export") return { action, subject };
  const confirm = values.get("confirm");
  if (confirm !== undefined && !UUID.test(confirm)) {
    throw new UsageError("--confirm requires the id of a request, as erase prints it");
  }
  if (confirm !== undefined && values.has("again")) {
    throw new UsageError("--again requests an erasure, and --confirm runs one: use either");
  }
  return { action, subject, confirm, insist: values.has("insist"), again: values.has("again") };
}
