import type { Scenario } from "./scenario.ts";

/** Returns the help text of the bench: its options, and every scenario with its parts and settings. */
export function benchUsage(scenarios: readonly Scenario[]): string {
  return `Usage: deno task bench [scenario…] [options]

Without a scenario: ${scenarios.filter(({ isDefault }) => isDefault).map(({ name }) => name).join(", ")}.

  --only <part>       measure this part of the scenarios; may be repeated
  --against <folder>  compare main.ts with that of an older checkout
  --path <path>       with --against: path of a list that both serve, such as /v1/contacts
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
${scenarios.map(usageOf).join("")}`;
}

function usageOf({ name, description, parts, settings }: Scenario): string {
  const lines = Object.entries(settings).map(([setting, { help, default: value }]) =>
    `  ${`--${setting} <n>`.padEnd(20)}${help} (default ${value})\n`
  );
  return `\n${name}: ${description}\n  --only ${Object.keys(parts).join(", ")}\n${lines.join("")}`;
}
