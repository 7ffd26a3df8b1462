import { parseAction, refusePositionals } from "@archway/service_kit/parse_action.ts";

/** Parsed arguments of the command `db`. */
export type DbArguments =
  | {
    readonly action: "copy";
    /** URL of `--to`; COPY_TO_URL applies if undefined. */
    readonly to: string | undefined;
  }
  | { readonly action: "status"; readonly json: boolean }
  | { readonly action: "dump" }
  | { readonly action: "restore" };

const ACTIONS = { copy: { to: "text" }, dump: {}, restore: {}, status: { json: "flag" } } as const;

/**
 * Parses the arguments of the command `db`.
 *
 * @throws {UsageError}, whose message repeats no argument, since that may be a URL with a password.
 */
export function parseDbArguments(args: readonly string[]): DbArguments {
  const parsed = parseAction(args, ACTIONS);
  refusePositionals(parsed);
  const { action, values } = parsed;
  switch (action) {
    case "copy":
      return { action, to: values.get("to") };
    case "status":
      return { action, json: values.has("json") };
    case "dump":
    case "restore":
      return { action };
  }
}
