import { parseArgs } from "node:util";
import type { BenchRun } from "./bench_run.ts";
import { numberOption } from "./number_option.ts";
import type { Scenario } from "./scenario.ts";

/** The command line of the bench. */
export interface BenchOptions {
  readonly runs:
    readonly (Pick<BenchRun, "settings" | "parts" | "against" | "data"> & { readonly scenario: Scenario })[];
  /** File that the results are written to as JSON, if any. */
  readonly json: string | undefined;
}

/** Options that are no settings of a scenario, with their help. */
const OPTIONS = {
  "only <part>": "measure this part of the scenarios; may be repeated",
  "against <folder>": "compare main.ts with that of an older checkout",
  "path <path>": "with --against: path of a list that both serve, such as /v1/contacts",
  "data <folder>":
    "keep the database of a scenario there (in dist/ or the temporary directory), and use it again",
  "json <file>": "write the results there too (in dist/ or the temporary directory)",
} as const;

/** Returns the help text: options, and every scenario with its parts and settings. */
export function benchUsage(scenarios: readonly Scenario[]): string {
  const line = (option: string, help: string): string => `  --${option.padEnd(18)}${help}\n`;
  const defaults = scenarios.filter((scenario) => isChosenByDefault(scenario, { against: false })).map((
    { name },
  ) => name);
  const sections = scenarios.map(({ name, description, parts, settings }) => {
    const lines = Object.entries(settings).map(([setting, { help, default: value }]) =>
      line(`${setting} <n>`, `${help} (default ${value})`)
    );
    return `\n${name}: ${description}\n${line("only", parts.join(", "))}${lines.join("")}`;
  });
  const options = Object.entries(OPTIONS).map(([option, help]) => line(option, help));
  return `Usage: deno task bench [scenario…] [options]\n\nWithout a scenario: ${defaults.join(", ")}.\n\n` +
    [...options, line("help", "show this"), ...sections].join("");
}

/**
 * Returns the options of a command line; undefined if help is asked for.
 *
 * @throws {TypeError} with one sentence if something is wrong with it.
 */
export function parseBenchOptions(args: string[], scenarios: readonly Scenario[]): BenchOptions | undefined {
  if (args.includes("--help")) return undefined;
  const { names, texts } = parse(args, scenarios);
  const against = againstOptions(texts);
  check(names, { known: scenarios.map(({ name }) => name), noun: "scenario" });
  const chosen = scenarios.filter((scenario) =>
    names.length > 0
      ? names.includes(scenario.name)
      : isChosenByDefault(scenario, { against: against !== undefined })
  );
  for (const { name, needsCheckout = false } of chosen) {
    if (needsCheckout === (against !== undefined)) continue;
    throw new TypeError(`${name} ${needsCheckout ? "needs --against and --path" : "takes no --against"}`);
  }
  const data = texts["data"]?.at(-1);
  const stateless = chosen.find(({ keepsData = false }) => data !== undefined && !keepsData);
  if (stateless !== undefined) throw new TypeError(`${stateless.name} takes no --data`);
  for (const name of Object.keys(texts)) {
    const owners = scenarios.filter(({ settings }) => name in settings);
    if (owners.length === 0 || owners.some((owner) => chosen.includes(owner))) continue;
    throw new TypeError(`--${name} goes with ${owners.map((owner) => owner.name).join(", ")}`);
  }
  const only = texts["only"] ?? [];
  check(only, { known: chosen.flatMap(({ parts }) => parts), noun: "part" });
  const runs = chosen.map((scenario) => ({
    scenario,
    settings: settingsOf(scenario, texts),
    parts: scenario.parts.filter((part) => only.length === 0 || only.includes(part)),
    against,
    data,
  }));
  return { runs: runs.filter(({ parts }) => parts.length > 0), json: texts["json"]?.at(-1) };
}

function isChosenByDefault(
  { isDefault = false, needsCheckout = false }: Scenario,
  { against }: { readonly against: boolean },
): boolean {
  return isDefault && needsCheckout === against;
}

type Texts = Readonly<Record<string, readonly string[] | undefined>>;

function parse(
  args: string[],
  scenarios: readonly Scenario[],
): { readonly names: string[]; readonly texts: Texts } {
  const shared = Object.keys(OPTIONS).map((option) => option.replace(/ .*/, ""));
  const names = [...shared, ...scenarios.flatMap(({ settings }) => Object.keys(settings))];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: "string", multiple: true } as const]),
  );
  try {
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
    return { names: positionals, texts: values };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence; others are about arguments that begin with a dash.
    throw new TypeError(/^[^.\n]*/.exec(error.message)?.[0]);
  }
}

function check(
  names: readonly string[],
  { known, noun }: { readonly known: string[]; readonly noun: string },
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`Unknown ${noun} '${unknown}': expected one of ${[...new Set(known)].join(", ")}`);
}

function againstOptions(texts: Texts): BenchRun["against"] {
  const [checkout, path] = [texts["against"]?.at(-1), texts["path"]?.at(-1)];
  if (checkout === undefined && path === undefined) return undefined;
  if (checkout !== undefined && path?.startsWith("/")) return { checkout, path };
  throw new TypeError("--against and --path go together: a folder, and a path that begins with /");
}

function settingsOf({ settings }: Scenario, texts: Texts): Readonly<Record<string, number>> {
  const values = Object.entries(settings).map(([name, setting]) => {
    const text = texts[name]?.at(-1);
    return [
      name,
      text === undefined ? setting.default : numberOption(text, { ...setting, name: `--${name}` }),
    ];
  });
  return Object.fromEntries(values);
}
