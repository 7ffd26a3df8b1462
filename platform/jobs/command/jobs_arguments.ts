import { UsageError } from "@archway/service_kit/command.ts";
import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";
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

const ACTIONS = {
  list: { state: "text", kind: "text", limit: "text", json: "flag" },
  retry: { kind: "text", json: "flag" },
  cancel: { kind: "text", json: "flag" },
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
  const parsed = parseAction(args, ACTIONS);
  const { action, positionals, values } = parsed;
  const [kind, json] = [values.get("kind"), values.has("json")];
  if (action !== "list") return { action, jobs: selectionOf(action, { ids: positionals, kind }), json };
  refusePositionals(parsed);
  return { action, state: stateOf(values.get("state")), kind, limit: limitOf(values.get("limit")), json };
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
