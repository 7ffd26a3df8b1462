import { join } from "node:path";

const FOLDER = import.meta.dirname ?? ".";

/** Values by the name of their dictionary. */
export type Dictionaries = Readonly<Record<string, readonly string[]>>;

/** Which parameter takes values of which dictionary, and how often. The rest of the time its schema is the source. */
const BINDINGS: readonly (readonly [parameter: string, dictionary: string, probability: number])[] = [
  ["header.Consistency-Token", "tokens", 0.8],
  ["header.If-Match", "conditions", 0.5],
  ["query.after", "next", 0.5],
  ["query.before", "previous", 0.5],
  ["path.id", "ids", 0.5],
  ["query.accountId", "accounts", 0.5],
  ["query.profileId", "profiles", 0.5],
  ["body.profileId", "profiles", 0.9],
  ["body.currency", "currencies", 0.9],
  ["body.payerAccountId", "accounts", 0.9],
  ["body.payeeAccountId", "payees", 0.9],
  ["body.amount.amount", "amounts", 0.9],
  ["body.amount.currency", "currencies", 0.9],
  ["body.url", "urls", 0.9],
];

/**
 * The whole configuration of a run as TOML: what is fixed for all documents and for this one, and the values that only
 * this run has.
 */
export async function configuration(document: string, dictionaries: Dictionaries): Promise<string> {
  const files = ["schemathesis.toml", `${document}.toml`];
  const fixed = await Promise.all(files.map((file) => Deno.readTextFile(join(FOLDER, file))));
  const lines = [...fixed, "[dictionaries]"];
  for (const [name, values] of Object.entries(dictionaries)) {
    // JSON's strings and lists of them are TOML's, too.
    lines.push(`${name} = { values = ${JSON.stringify(values)} }`);
  }
  lines.push("[parameters]");
  for (const [parameter, dictionary, probability] of BINDINGS) {
    if (!Object.hasOwn(dictionaries, dictionary)) continue;
    lines.push(`"${parameter}" = { dictionary = "${dictionary}", probability = ${probability} }`);
  }
  return `${lines.join("\n")}\n`;
}
