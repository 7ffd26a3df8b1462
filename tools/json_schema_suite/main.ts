import { parseArgs } from "node:util";
import { print } from "@archway/program/print.ts";
import { judge, type Verdict } from "./judge.ts";
import { readSuite } from "./read_suite.ts";

const USAGE = `Usage: deno task json-schema-suite <folder> [--list]

Runs the mandatory tests of JSON Schema 2020-12 over generated validators.

<folder>  a copy of the repository JSON-Schema-Test-Suite, with its folders tests and remotes
--list    also name the groups that are refused
--help    show this
`;

const { values, positionals } = parseArgs({
  args: Deno.args,
  options: { list: { type: "boolean" }, help: { type: "boolean" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (values.help === true || folder === undefined) {
  await print(values.help === true ? Deno.stdout : Deno.stderr, USAGE);
  Deno.exit(values.help === true ? 0 : 2);
}
const suite = await readSuite(folder);
const verdicts: Verdict[] = [];
for (const group of suite.groups) verdicts.push(await judge(group, suite));
await print(Deno.stdout, report(verdicts, values.list === true));
Deno.exit(verdicts.some(({ wrong }) => wrong.length > 0) ? 1 : 0);

/** Returns refusals by their reason, wrong verdicts and counts. */
function report(verdicts: readonly Verdict[], isListed: boolean): string {
  const accepted = verdicts.filter(({ refusal }) => refusal === undefined);
  const refused = verdicts.filter(({ refusal }) => refusal !== undefined);
  const wrong = accepted.flatMap(({ name, wrong }) => wrong.map((test) => `wrong: ${name}: ${test}`));
  const tests = accepted.reduce((sum, { tests }) => sum + tests, 0);
  const reasons = [...Map.groupBy(refused, ({ refusal }) => refusal ?? "")]
    .sort(([, left], [, right]) => right.length - left.length);
  const share = (accepted.length / verdicts.length * 100).toFixed(1);
  const lines = [
    ...reasons.flatMap(([reason, groups]) => [
      `refused ${groups.length}: ${reason}`,
      ...(isListed ? groups.map(({ name }) => `    ${name}`) : []),
    ]),
    ...wrong,
    `${verdicts.length} groups, ${accepted.length} accepted (${share} %), ${refused.length} refused; ` +
    `${tests} tests of accepted groups, ${wrong.length} wrong`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}
