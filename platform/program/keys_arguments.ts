import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { apiKeyId } from "@archway/service_kit/api_keys.ts";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";
import { parseDuration } from "@archway/service_kit/setting_types.ts";

/** Parsed arguments of the command `keys`. */
export type KeysArguments =
  | {
    readonly action: "create";
    readonly name: string;
    /** Undefined if the key identifies only itself. */
    readonly subject: string | undefined;
    readonly scopes: readonly string[];
    /** Undefined if the key does not expire. */
    readonly expiresAt: Timestamp | undefined;
  }
  | { readonly action: "list"; readonly json: boolean }
  | { readonly action: "revoke"; readonly id: string };

const ACTIONS = {
  create: { name: "text", subject: "text", scope: "text", expires: "text" },
  list: { json: "flag" },
  revoke: {},
} as const;

/** Text without control characters, which the database can store. */
// deno-lint-ignore no-control-regex -- these are the rejected characters
const TEXT = /^[^\u0000-\u001f\u007f]+$/u;

/** Scope as an OpenAPI document can have it (RFC 6749, section 3.3). */
const SCOPE = /^[!#-[\]-~]+$/;

const DAY_MS = 86_400_000;

/**
 * Parses the arguments of the command `keys`. Messages repeat no value, which may be a key.
 *
 * @throws {UsageError} for the first invalid argument.
 */
export function parseKeysArguments(args: readonly string[], now: Timestamp): KeysArguments {
  const parsed = parseAction(args, ACTIONS);
  const { action, positionals, values } = parsed;
  if (action === "revoke") return { action, id: readId(positionals) };
  refusePositionals(parsed);
  return action === "list" ? { action, json: values.has("json") } : readCreate(values, now);
}

function readId([text = "", ...rest]: readonly string[]): string {
  const id = apiKeyId(text);
  if (id === undefined || rest.length > 0) {
    throw new UsageError("revoke requires one key ID, as list shows it");
  }
  return id;
}

function readCreate(values: ReadonlyMap<string, string>, now: Timestamp): KeysArguments {
  const name = values.get("name");
  const subject = values.get("subject");
  const scopes = (values.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (name === undefined || name.length > 100 || !TEXT.test(name) || !name.isWellFormed()) {
    throw new UsageError("--name is required: 1 to 100 characters, without control characters");
  }
  if (subject !== undefined && (subject.length > 255 || !TEXT.test(subject) || !subject.isWellFormed())) {
    throw new UsageError("--subject must have 1 to 255 characters, without control characters");
  }
  if (!scopes.every((scope) => SCOPE.test(scope))) {
    throw new UsageError("--scope must be scopes separated by spaces, such as items:read");
  }
  return {
    action: "create",
    name,
    subject,
    scopes: [...new Set(scopes)],
    expiresAt: expiryOf(values.get("expires"), now),
  };
}

/** Reads a number of days, a duration or a time. */
function expiryOf(text: string | undefined, now: Timestamp): Timestamp | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const lifetimeMs = days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
  const nowMs = Number(microsecondsOf(now) / 1000n);
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text);
  const expiresMs = lifetimeMs === undefined ? isTime ? Date.parse(text) : NaN : nowMs + lifetimeMs;
  if (!(expiresMs > nowMs && expiresMs < Date.parse("9999-12-31"))) {
    throw new UsageError("--expires must be in the future: days or a duration such as 90d or 12h, or a date");
  }
  return timestampOf(BigInt(Math.round(expiresMs)) * 1000n);
}
