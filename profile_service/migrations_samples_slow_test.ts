import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { checkoutCopy } from "@archway/tools/support/checkout_copy.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";

const GUIDE = await Deno.readTextFile(join(import.meta.dirname ?? ".", "../docs/migrations.md"));
const VERSION = "20261222095826";
const FILE = `profile_service/migrations/${VERSION}_add_profile_phones.sql`;

/** Commands of the guide with their output, in order. */
const SAMPLES = [...GUIDE.matchAll(/```console\n([^]*?)```/g)]
  .flatMap(([, block = ""]) => block.split(/^\$ /m).slice(1))
  .map((text) => text.split(/\n([^]*)/))
  .map(([command = "", output = ""]) => ({ command, output }))
  .filter(({ command }) => !command.startsWith("curl "));

const CORRECT = `-- migrate:up
alter table profiles add column phone text;

-- migrate:down
alter table profiles drop column phone;
`;
const BROKEN = CORRECT.replace("text;\n", "text;\nselect nowhere from profiles;\n");

/** Fills the placeholders of a sample, a "…" line and the number of files, from the actual output. */
function withoutGaps(sample: string, actual: string): string {
  const [count] = /Applied: \d+/.exec(actual) ?? [""];
  const [before = "", after] = sample.replace(/Applied: \d+/, count).split("…\n");
  if (after === undefined) return before;
  return `${before}${actual.slice(before.length, actual.lastIndexOf(after.trimEnd()))}${after}`;
}

Deno.test("docs/migrations.md shows the output of archway migrate", async () => {
  await using database = await useTestDatabase();
  await using checkout = await checkoutCopy(["profile_service"]);
  const file = join(checkout.path, FILE);
  const env = postgresEnvironment(database.instance);
  const samples = SAMPLES.values();

  /** Runs a command in the checkout and returns its output with its errors, as a terminal shows them. */
  async function run(command: string): Promise<string> {
    const [program, ...args] = command.split(" ");
    if (program === "cat") return await Deno.readTextFile(join(checkout.path, args[0] ?? ""));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P", "main.ts", ...args],
      cwd: checkout.path,
      env: { ...env, NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  async function show(expected: string): Promise<void> {
    const { command, output } = samples.next().value ?? { command: "no more", output: "" };
    assertEquals(command, expected);
    const actual = await run(command);
    assertEquals(actual.trimEnd(), withoutGaps(output.trimEnd(), actual), command);
  }

  const { command, output } = samples.next().value ?? { command: "", output: "" };
  assertEquals([command, output], [
    "archway migrate new add_profile_phones --service profile_service",
    `${FILE}\n`,
  ]);
  // The version in the guide is fixed, that of a new file is the current time.
  const made = (await run(command)).trim();
  assertMatch(made, /^profile_service\/migrations\/\d{14}_add_profile_phones\.sql$/);
  await Deno.rename(join(checkout.path, made), file);
  // The guide assumes that the existing migrations are applied.
  await Deno.rename(file, `${file}.new`);
  await run("archway migrate up");
  await Deno.rename(`${file}.new`, file);
  await show(`cat ${FILE}`);
  await show("archway migrate up");
  await Deno.writeTextFile(file, BROKEN);
  await show("archway migrate up");
  await Deno.writeTextFile(file, CORRECT);
  await show("archway migrate up --dry-run");
  await show("archway migrate up");
  await show("archway migrate status");
  await show("archway migrate down");
  await run("archway migrate up");
  await Deno.rename(file, `${file}.newer`);
  await show("archway migrate down");
  await show("archway migrate status");
  await Deno.writeTextFile(file, CORRECT.replace("phone text", "phone varchar"));
  await show("archway migrate up");
  await Deno.writeTextFile(file, CORRECT);
  const required = "profile_service/migrations/20261223090000_require_profile_phones.sql";
  await Deno.writeTextFile(
    join(checkout.path, required),
    "-- migrate:up\nalter table profiles alter column phone set not null;\n",
  );
  await show("archway migrate lint");
  assertEquals(samples.next().done, true);
});
