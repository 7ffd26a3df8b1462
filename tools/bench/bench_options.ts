import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";
import type { Scenario } from "./scenario.ts";

/** Another checkout, whose main.ts is compared with that of this one. */
export interface AgainstOptions {
  /** Root of the other checkout. */
  readonly checkout: string;
  /** Path of a list that both serve; its items have the properties of a contact. */
  readonly path: string;
}

/** A scenario as it is to be run. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly settings: Readonly<Record<string, number>>;
  /** Names of the parts that are measured, in the order of the scenario. */
  readonly parts: readonly string[];
  readonly against: AgainstOptions | undefined;
}

/** The command line of the bench. */
export interface BenchOptions {
  readonly runs: readonly ScenarioRun[];
  /** File that the results are written to as JSON, if any. */
  readonly json: string | undefined;
}

/**
 * Returns the options of a command line; undefined if help is asked for.
 *
 * @throws {TypeError} with one sentence if something is wrong with it.
 */
export function parseBenchOptions(args: string[], scenarios: readonly Scenario[]): BenchOptions | undefined {
  const { names, texts } = parse(args, [
    ...new Set(scenarios.flatMap(({ settings }) => Object.keys(settings))),
  ]);
  if (texts.has("help")) return undefined;
  const against = againstOptions(texts);
  const chosen = choose(names, { scenarios, against });
  const only = texts.get("only") ?? [];
  check(only, { known: chosen.flatMap(({ parts }) => Object.keys(parts)), noun: "part" });
  for (const name of texts.keys()) {
    const owners = scenarios.filter(({ settings }) => name in settings);
    if (owners.length > 0 && !owners.some((owner) => chosen.includes(owner))) {
      throw new TypeError(`--${name} goes with ${owners.map((owner) => owner.name).join(", ")}`);
    }
  }
  const runs = chosen.map((scenario) => ({
    scenario,
    settings: settingsOf(scenario, texts),
    parts: Object.keys(scenario.parts).filter((part) => only.length === 0 || only.includes(part)),
    against,
  }));
  return { runs: runs.filter(({ parts }) => parts.length > 0), json: texts.get("json")?.at(-1) };
}

/** Values by the name of their option, in their order. */
type Texts = ReadonlyMap<string, readonly string[]>;

function parse(
  args: string[],
  settings: readonly string[],
): { readonly names: readonly string[]; readonly texts: Texts } {
  const named = [...settings, "only", "against", "path", "json"];
  const options = Object.fromEntries(named.map((name) => [name, { type: "string" } as const]));
  const help = { help: { type: "boolean" } } as const;
  try {
    const { tokens, positionals } = parseArgs({
      args,
      options: { ...options, ...help },
      allowPositionals: true,
      tokens: true,
    });
    const given = tokens.filter((token) => token.kind === "option");
    const texts = Map.groupBy(given, ({ name }) => name);
    return {
      names: positionals,
      texts: new Map([...texts].map(([name, found]) => [name, found.map(({ value = "" }) => value)])),
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The first sentence; the others are about arguments that begin with a dash.
    throw new TypeError(/^[^.\n]*/.exec(error.message)?.[0]);
  }
}

function choose(
  names: readonly string[],
  { scenarios, against }: { readonly scenarios: readonly Scenario[]; readonly against: unknown },
): readonly Scenario[] {
  check(names, { known: scenarios.map(({ name }) => name), noun: "scenario" });
  const chosen = scenarios.filter(({ name, isDefault, needsCheckout }) =>
    names.length > 0 ? names.includes(name) : against === undefined ? isDefault : needsCheckout
  );
  for (const { name, needsCheckout = false } of chosen) {
    if (needsCheckout !== (against !== undefined)) {
      throw new TypeError(`${name} ${needsCheckout ? "needs --against and --path" : "takes no --against"}`);
    }
  }
  return chosen;
}

function check(
  names: readonly string[],
  { known, noun }: { readonly known: readonly string[]; readonly noun: string },
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`Unknown ${noun} '${unknown}': expected one of ${known.join(", ")}`);
}

function againstOptions(texts: Texts): AgainstOptions | undefined {
  const checkout = texts.get("against")?.at(-1);
  const path = texts.get("path")?.at(-1);
  if (checkout === undefined && path === undefined) return undefined;
  if (checkout === undefined || path === undefined || !path.startsWith("/")) {
    throw new TypeError("--against and --path go together: a folder, and a path that begins with /");
  }
  return { checkout, path };
}

function settingsOf({ settings }: Scenario, texts: Texts): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => {
      const text = texts.get(name)?.at(-1);
      return [
        name,
        text === undefined ? setting.default : numberOption(text, { ...setting, name: `--${name}` }),
      ];
    }),
  );
}
