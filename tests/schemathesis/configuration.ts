import { join } from "node:path";
import type { Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const COMMON = join(import.meta.dirname ?? ".", "schemathesis.toml");
const GRAPHQL_HOOKS = join(import.meta.dirname ?? ".", "graphql_hooks.py");

/** Probability of using a hint, higher for parameters that reject nearly all other values. */
const PROBABILITIES: readonly (readonly [parameters: RegExp, probability: number])[] = [
  [/^body\./, 0.9],
  [/^header\.Consistency-Token$/, 0.8],
  [/^/, 0.5],
];

/**
 * Returns the configuration of a run as TOML. It consists of that of the service, that of all documents, and hints.
 */
export async function configuration(hints: Hints, file?: string): Promise<string> {
  // The first of several entries for an operation applies.
  const files = file === undefined ? [COMMON] : [file, COMMON];
  const dictionaries: string[] = ["[dictionaries]"];
  const parameters: string[] = ["[parameters]"];
  Object.entries(hints).forEach(([parameter, values], index) => {
    const probability = PROBABILITIES.find(([parameters]) => parameters.test(parameter))?.[1];
    // JSON strings and lists of them are valid TOML.
    dictionaries.push(`hints${index} = { values = ${JSON.stringify(values)} }`);
    parameters.push(`"${parameter}" = { dictionary = "hints${index}", probability = ${probability} }`);
  });
  const fixed = await Promise.all(files.map((path) => Deno.readTextFile(path)));
  return [...fixed, ...dictionaries, ...parameters, ""].join("\n");
}

/** Returns the configuration of a run of GraphQL as TOML, with the hints of all services for the arguments of fields. */
export function graphqlConfiguration(hints: readonly Hints[]): string {
  const values = Map.groupBy(
    hints.flatMap((one) => Object.entries(one)),
    ([parameter]) => argumentOf(parameter),
  );
  const bound = [...values].map(([argument, entries]) =>
    [argument, [...new Set(entries.flatMap(([, some]) => some))]] as const
  );
  return [
    `hooks = ${JSON.stringify(GRAPHQL_HOOKS)}`,
    ...["[generation]", 'database = "none"'],
    "[dictionaries]",
    ...bound.map(([, some], index) => `hints${index} = { values = ${JSON.stringify(some)} }`),
    "[parameters]",
    ...bound.map(([argument], index) =>
      `"*.*.${argument}" = { dictionary = "hints${index}", probability = 0.7 }`
    ),
    "",
  ].join("\n");
}

/** Returns the argument for a parameter: "body.amount.currency" becomes "input.amount.currency". */
function argumentOf(parameter: string): string {
  const [place, ...names] = parameter.split(".");
  if (place === "body") return ["input", ...names].join(".");
  return names.join(".").replaceAll(/-([A-Z])/g, "$1").replace(/^[A-Z]/, (first) => first.toLowerCase());
}
