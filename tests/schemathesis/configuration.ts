import { join } from "node:path";
import type { Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const COMMON = join(import.meta.dirname ?? ".", "schemathesis.toml");

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
