import { parseArgs } from "node:util";

/** Usage of the task. */
export const USAGE = "usage: deno task contract [--against <git revision or file>] [--json] [<document>]";

/** Arguments of the task. */
export interface Arguments {
  /** Revision or file to compare with; the last tag if undefined. */
  readonly against?: string | undefined;
  /** Document that is compared with a file. */
  readonly document?: string | undefined;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** Whether to print only what `deno task check` fails on. */
  readonly check: boolean;
}

/** Parses the arguments; returns undefined if they are invalid. */
export function parseArguments(args: readonly string[]): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        against: { type: "string" },
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
      },
    });
    const [document, ...others] = positionals;
    return others.length > 0 ? undefined : { ...values, document };
  } catch {
    return undefined;
  }
}
