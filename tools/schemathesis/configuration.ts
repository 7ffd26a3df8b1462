import { join } from "node:path";

const FIXED = join(import.meta.dirname ?? ".", "schemathesis.toml");

/** Which parameter takes values of which dictionary, and how often. The rest of the time its schema is the source. */
const BINDINGS: readonly (readonly [parameter: string, dictionary: string, probability: number])[] = [
  ["header.Consistency-Token", "tokens", 0.5],
  ["header.If-Match", "conditions", 0.5],
  ["query.after", "next", 0.5],
  ["query.before", "previous", 0.5],
];

/** The whole configuration of a run as TOML: the fixed part, and the values that only this run has. */
export async function configuration(
  dictionaries: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const lines = [await Deno.readTextFile(FIXED), "[dictionaries]"];
  for (const [name, values] of Object.entries(dictionaries)) {
    // JSON's strings and lists of them are TOML's, too.
    lines.push(`${name} = { values = ${JSON.stringify(values)} }`);
  }
  lines.push("[parameters]");
  for (const [parameter, dictionary, probability] of BINDINGS) {
    lines.push(`"${parameter}" = { dictionary = "${dictionary}", probability = ${probability} }`);
  }
  return `${lines.join("\n")}\n`;
}
