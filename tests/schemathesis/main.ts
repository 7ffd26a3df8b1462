import { join } from "node:path";
import { parseArgs } from "node:util";
import { print } from "@archway/program/print.ts";
import { numberOption } from "@archway/tools/bench/number_option.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { serviceFile } from "@archway/tools/support/service_folder.ts";
import { services } from "../../services.ts";
import { configuration, graphqlConfiguration } from "./configuration.ts";
import { installSchemathesis } from "./install_schemathesis.ts";
import { runChild } from "./run_child.ts";
import { type ServedDocument, servedDocuments } from "./served_documents.ts";
import { startSubject, type Subject } from "./start_subject.ts";

/** Timeout of a run, after which it has failed. */
const RUN_MS = 900_000;

/** Options of a run. */
interface FuzzOptions {
  readonly seed: number;
  readonly examples: number;
}

interface CommandOptions extends FuzzOptions {
  /** Path of Schemathesis. */
  readonly command: string;
}

/** Checks of GraphQL responses: no failure of the server, no null that the schema excludes, and JSON. */
const GRAPHQL_CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance";

/** Results in the categories of the test runner. */
interface Count {
  passed: number;
  failed: number;
  ignored: number;
}

/** Tests every operation of every document; each document counts as one test. */
async function fuzz({ seed, examples }: FuzzOptions): Promise<Count> {
  const documents = await servedDocuments(services);
  const installation = await installSchemathesis();
  const hasGraphql = services.some(({ name }) => name === "graphql");
  if (installation.kind === "impossible") {
    await print(Deno.stdout, `!! SCHEMATHESIS IS SKIPPED: ${installation.reason}\n`);
    return { passed: 0, failed: 0, ignored: documents.length + Number(hasGraphql) };
  }
  const options = { command: installation.command, seed, examples };
  const tests: readonly ((subject: Subject) => Promise<boolean>)[] = [
    ...documents.map((document) => (subject: Subject) => testDocument(document, subject, options)),
    ...(hasGraphql ? [(subject: Subject): Promise<boolean> => testGraphql(subject, options)] : []),
  ];
  const count: Count = { passed: 0, failed: 0, ignored: 0 };
  for (const test of tests) {
    await using subject = await startSubject(services);
    const isFine = await test(subject);
    const { code, stderr } = await subject.program.stop();
    const errors = errorLines(stderr);
    // An error in the log of the program is a finding even if no response showed it.
    const isQuiet = errors.length === 0 && code === 0;
    if (!isQuiet) await print(Deno.stdout, `The program exited with ${code}:\n${errors.join("\n")}\n`);
    if (isFine && isQuiet) count.passed++;
    else count.failed++;
  }
  return count;
}

async function testDocument(
  { name, service }: ServedDocument,
  subject: Subject,
  options: CommandOptions,
): Promise<boolean> {
  const { url, hints } = subject;
  const own = await serviceFile(service, "testing/schemathesis.toml");
  const config = await configuration(hints[service.name] ?? {}, own);
  const args = [`${url}/openapi/${name}.json`, "--url", url, "--checks", "all"];
  return await runSchemathesis(subject, { ...options, name, config, args });
}

/** Sends generated documents. Most are beyond the limits, or refer to what does not exist, which is no failure. */
async function testGraphql(subject: Subject, options: CommandOptions): Promise<boolean> {
  const { url, hints } = subject;
  const config = graphqlConfiguration(Object.values(hints));
  const args = [`${url}/graphql`, "--checks", GRAPHQL_CHECKS];
  // Each takes longer than an example of a document, since it may select several lists.
  const examples = Math.ceil(options.examples / 4);
  return await runSchemathesis(subject, { ...options, examples, name: "graphql", config, args });
}

/** Command and its options, and a run of it. */
interface SchemathesisRun extends CommandOptions {
  readonly name: string;
  /** Configuration as TOML. */
  readonly config: string;
  readonly args: readonly string[];
}

async function runSchemathesis(
  { token }: Subject,
  { name, config, command, seed, examples, args }: SchemathesisRun,
): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "archway_schemathesis_" });
  try {
    const file = join(folder, "schemathesis.toml");
    await Deno.writeTextFile(file, config);
    await print(Deno.stdout, `Schemathesis: ${name}, seed ${seed}, ${examples} examples an operation\n`);
    const { code } = await runChild(command, [
      ...["--config-file", file, "run", ...args],
      ...["--seed", String(seed), "--max-examples", String(examples), "--continue-on-failure"],
      ...["--request-timeout", "20", "--header", `Authorization: Bearer ${token}`],
    ], { timeoutMs: RUN_MS, cwd: folder, shown: true });
    if (code === undefined) await print(Deno.stdout, `\nTimed out after ${RUN_MS / 1000} s\n`);
    return code === 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function parseOptions(args: string[]): FuzzOptions {
  const { values } = parseArgs({
    args,
    options: { seed: { type: "string", default: "1" }, examples: { type: "string", default: "200" } },
  });
  return {
    seed: numberOption(values.seed, { name: "--seed", max: 2 ** 31, whole: true }),
    examples: numberOption(values.examples, { name: "--examples", max: 100_000, whole: true }),
  };
}

if (import.meta.main) {
  const { passed, failed, ignored } = await fuzz(parseOptions(Deno.args));
  const word = failed === 0 ? "ok" : "FAILED";
  await print(
    Deno.stdout,
    `${word} | ${passed} passed | ${failed} failed | ${ignored} ignored (schemathesis)\n`,
  );
  Deno.exitCode = failed === 0 ? 0 : 1;
}
