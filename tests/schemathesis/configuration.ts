import { join } from "node:path";
import type { Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const COMMON = join(import.meta.dirname ?? ".", "schemathesis.toml");

/** How often hints are taken: of parameters that are refused with nearly everything else, more often. */
const PROBABILITIES: readonly (readonly [parameters: RegExp, probability: number])[] = [
  [/^body\./, 0.9],
  [/^header\.Consistency-Token$/, 0.8],
  [/^/, 0.5],
];

/** Returns the whole configuration of a run as TOML: that of a service, that of all documents, and hints of this run. */
export async function configuration(hints: Hints, file?: string): Promise<string> {
  // Of two that say something about an operation, the first is right.
  const files = file === undefined ? [COMMON] : [file, COMMON];
  const dictionaries: string[] = ["[dictionaries]"];
  const parameters: string[] = ["[parameters]"];
  Object.entries(hints).forEach(([parameter, values], index) => {
    const probability = PROBABILITIES.find(([parameters]) => parameters.test(parameter))?.[1];
    // JSON's strings and lists of them are TOML's, too.
    dictionaries.push(`hints${index} = { values = ${JSON.stringify(values)} }`);
    parameters.push(`"${parameter}" = { dictionary = "hints${index}", probability = ${probability} }`);
  });
  const fixed = await Promise.all(files.map((path) => Deno.readTextFile(path)));
  return [...fixed, ...dictionaries, ...parameters, ""].join("\n");
}
