import { parseArgs } from "node:util";
import { UsageError } from "@archway/service_kit/command.ts";

/** Parsed arguments of `export`. */
export type ExportArguments =
  | { readonly action: "list"; readonly json: boolean }
  | {
    readonly action: "export";
    readonly dataSets: readonly string[];
    readonly to: string;
    readonly full: boolean;
    readonly json: boolean;
  };

const OPTIONS = {
  to: { type: "string" },
  full: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/**
 * Parses the arguments of `export`.
 *
 * @param known Names of the data sets.
 * @throws {UsageError} for the first invalid argument.
 */
export function parseExportArguments(args: readonly string[], known: readonly string[]): ExportArguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const unknown = tokens.find((token) => token.kind === "option" && !Object.hasOwn(OPTIONS, token.name));
  if (unknown !== undefined) throw new UsageError("unknown option: export accepts --to, --full, --json");
  const { to, full, json } = values;
  if (positionals.length === 1 && positionals[0] === "list") {
    if (to !== undefined || full !== undefined) throw new UsageError("list accepts --json");
    return { action: "list", json: json === true };
  }
  const [first] = positionals;
  if (first === undefined) throw new UsageError(`expected data sets, of: ${["all", ...known].join(", ")}`);
  const dataSets = positionals.length === 1 && first === "all" ? known : [...new Set(positionals)];
  const missing = dataSets.find((name) => !known.includes(name));
  if (missing !== undefined) {
    throw new UsageError(
      `no data set ${JSON.stringify(missing)}; expected some of: ${["all", ...known].join(", ")}`,
    );
  }
  if (typeof to !== "string" || to === "") {
    throw new UsageError("--to is required, such as --to exports or --to s3://bucket/exports");
  }
  return { action: "export", dataSets, to, full: full === true, json: json === true };
}
