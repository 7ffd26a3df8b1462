import { parseArgs } from "node:util";
import { UsageError } from "@archway/service_kit/command.ts";
import type { JobState } from "../queue/job_admin.ts";

/** Jobs that are to be changed: by id, or all of a kind. */
export type JobSelection =
  | { readonly ids: readonly string[]; readonly kind?: undefined }
  | { readonly kind: string; readonly ids?: undefined };

/** Parsed arguments of the command `jobs`. */
export type JobsArguments =
  | {
    readonly action: "list";
    readonly state: JobState | undefined;
    readonly kind: string | undefined;
    readonly limit: number;
    readonly json: boolean;
  }
  | { readonly action: "retry" | "cancel"; readonly jobs: JobSelection; readonly json: boolean };

const OPTIONS = {
  state: { type: "string" },
  kind: { type: "string" },
  limit: { type: "string" },
  json: { type: "boolean" },
} as const;

/** Options of each action. */
const ACTIONS = {
  list: ["state", "kind", "limit", "json"],
  retry: ["kind", "json"],
  cancel: ["kind", "json"],
} as const;

const STATES: readonly JobState[] = ["waiting", "running", "dead"];

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Parses the arguments of the command `jobs`.
 *
 * @throws {UsageError} for the first invalid argument.
 */
export function parseJobsArguments(args: readonly string[]): JobsArguments {
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [action = "", ...rest] = positionals;
  if (!isAction(action)) throw new UsageError(`expected one of: ${Object.keys(ACTIONS).join(", ")}`);
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const allowed: readonly string[] = ACTIONS[action];
    if (!allowed.includes(token.name)) {
      throw new UsageError(
        `unknown option --${token.name}: ${action} accepts ${allowed.map((name) => `--${name}`).join(", ")}`,
      );
    }
    if (token.name !== "json" && !token.value) throw new UsageError(`--${token.name} requires a value`);
    values.set(token.name, token.value ?? "");
  }
  const [kind, json] = [values.get("kind"), values.has("json")];
  if (action !== "list") return { action, jobs: selectionOf(action, { ids: rest, kind }), json };
  if (rest.length > 0) throw new UsageError("list accepts no positional arguments");
  return { action, state: stateOf(values.get("state")), kind, limit: limitOf(values.get("limit")), json };
}

function isAction(text: string): text is keyof typeof ACTIONS {
  return Object.hasOwn(ACTIONS, text);
}

function selectionOf(
  action: string,
  { ids, kind }: { readonly ids: readonly string[]; readonly kind: string | undefined },
): JobSelection {
  if ((kind === undefined) === (ids.length === 0)) {
    throw new UsageError(`${action} requires either job IDs, as list shows them, or --kind`);
  }
  const wrong = ids.find((id) => !ID.test(id));
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong)} is no job ID; list shows them`);
  return kind === undefined ? { ids } : { kind };
}

function stateOf(text: string | undefined): JobState | undefined {
  if (text === undefined) return undefined;
  const state = STATES.find((each) => each === text);
  if (state === undefined) throw new UsageError(`--state must be one of: ${STATES.join(", ")}`);
  return state;
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? DEFAULT_LIMIT : /^\d+$/.test(text) ? Number(text) : NaN;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new UsageError(`--limit must be a whole number from 1 to ${MAX_LIMIT}`);
}
