import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { allSettings } from "@archway/config/settings_table.ts";
import { unknownSettings } from "@archway/config/unknown_settings.ts";
import { mountUnconnected } from "@archway/program/mount_unconnected.ts";
import { type CommandHelp, PLATFORM_COMMANDS } from "@archway/program/platform_commands.ts";
import { PROJECT_ROOT, serviceCommands } from "@archway/program/project.ts";
import { createCatalog } from "@archway/server/problems/problem_response.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";
import { type GuidePage, guidePages } from "./guide_pages.ts";
import { type Table, tablesOf } from "./tables.ts";

/** Returns the pages with a row of a table that begins with a term, once for each row. */
async function definitionsOf(terms: Iterable<string>): Promise<ReadonlyMap<string, readonly string[]>> {
  const pages = new Map([...terms].map((term): [string, string[]] => [`\`${term}\``, []]));
  for (const { path, text } of await guidePages()) {
    const terms = tablesOf(text).flatMap(({ rows }) => rows.flatMap(([first = ""]) => first.split(", ")));
    for (const term of terms) pages.get(term)?.push(path);
  }
  return new Map([...pages].map(([term, paths]) => [term, paths]));
}

function misplaced(
  definitions: ReadonlyMap<string, readonly string[]>,
  page: string,
): readonly string[] {
  // A command may have forms of several services, with a row for each.
  return [...definitions].filter(([, paths]) => [...new Set(paths)].join() !== page)
    .map(([term, paths]) => `${term}: ${paths.length === 0 ? "in no table" : paths.join(", ")}`);
}

Deno.test("each setting has its row in the configuration, and in no other table", async () => {
  const names = allSettings(services).map(({ name }) => name);
  assert(names.length > 10);
  assertEquals(misplaced(await definitionsOf(names), "docs/configuration.md"), []);
});

Deno.test("the guide names settings as they are, and not by earlier names", async () => {
  const settings = allSettings(services);
  const earlier = new Set(settings.flatMap(({ aliases }) => aliases));
  const pages = (await guidePages()).filter(({ path }) => path !== "docs/configuration.md");
  const wrong = pages.flatMap(({ path, text }) => {
    const names = new Set(text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g));
    const environment = Object.fromEntries([...names].map((name) => [name, "value"]));
    const unknown = unknownSettings(environment, { settings, project: project.name });
    return [...unknown.map(({ variable, reason }) => `${variable} ${reason}`), ...names.intersection(earlier)]
      .map((problem) => `${path}: ${problem}`);
  });
  assertEquals(wrong, []);
});

Deno.test("each command has its row in the reference, and in no other table", async () => {
  const names = [...Object.keys(PLATFORM_COMMANDS), ...serviceCommands(services).map(({ name }) => name)];
  const terms = names.map((name) => `${project.name} ${name}`);
  // One that several services add has a row for each.
  const definitions = [...await definitionsOf(terms)].map(([term, paths]) =>
    [term, [...new Set(paths)]] as const
  );
  assertEquals(misplaced(new Map(definitions), "docs/reference.md"), []);
});

Deno.test("the help of a command explains each subcommand and option of its usage, as the reference promises", () => {
  const commands = [
    ...Object.entries<CommandHelp>(PLATFORM_COMMANDS),
    ...serviceCommands(services).map(({ usage, ...help }) =>
      [help.name, { ...help, forms: [usage].flat() }] as const
    ),
  ];
  const unexplained = commands.flatMap(([name, { forms, arguments: rows = [] }]) => {
    const explained = new Set(rows.flatMap(([argument]) => argument.match(/--[\w-]+|^[a-z]+/g) ?? []));
    return forms.flatMap((form) => form.match(/--[\w-]+|^[a-z]+/g) ?? [])
      .filter((argument) => !explained.has(argument)).map((argument) => `${name} ${argument}`);
  });
  assertEquals(unexplained, []);
});

Deno.test("each problem type has its row in the reference, and in no other table", async () => {
  const mounted = await mountUnconnected({ ...project, services });
  const catalog = createCatalog(mounted.flatMap(({ api }) => api ?? []));
  assert(catalog.size > 10);
  assertEquals(misplaced(await definitionsOf(catalog.keys()), "docs/reference.md"), []);
});

Deno.test("each metric has its row in one table, and each row of a metric has it", async () => {
  const metrics = new Set<string>();
  for await (const path of sources(join(PROJECT_ROOT, "platform"))) {
    const found = (await Deno.readTextFile(path)).matchAll(
      /(?:\bname: |\b(?:gauge|counterOf)\(\s*(?:sink, )?)"(archway\.[a-z_.]+)"/g,
    );
    for (const [, name = ""] of found) metrics.add(name);
  }
  assert(metrics.has("archway.request.duration"));
  assertEquals(misplaced(await definitionsOf(metrics), "docs/observability.md"), []);
  const rows = (await guidePages()).flatMap(({ text }) =>
    tablesOf(text).flatMap(({ rows }) =>
      rows.map(([first = ""]) => /^`(archway\.[a-z_.]+)`$/.exec(first)?.[1])
    )
  );
  // Projects made from the template have rows of capabilities that they do without.
  if (await isTemplate()) assertEquals(rows.filter((name) => name !== undefined && !metrics.has(name)), []);
});

async function* sources(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && name !== "testing") yield* sources(path);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield path;
  }
}

/** Whether this is the template, and not a project made from it. */
async function isTemplate(): Promise<boolean> {
  return "new:project" in await projectTasks();
}

async function projectTasks(): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await Deno.readTextFile(join(PROJECT_ROOT, "deno.json"))).tasks;
}

/** Measured value of a cell. */
const FIGURE = /^(?:about |~)?[\d.,]+ ?(?:µs|ms|s|MB|MiB|%)?(?: \(.*\))?$/;

/** Unit of what is measured, or a ratio with its range. */
const UNIT = /µs|\bms\b|\/s\b|\bMi?B\b|p99|\bratio\b| \([\d.-]+\)$/;

/** Whether a table has measured values, and not the defaults of settings. */
function hasFigures({ headings, rows }: Table): boolean {
  const cells = rows.flatMap((row) => row.slice(1));
  const figures = cells.filter((cell) => FIGURE.test(cell));
  return figures.length >= 5 && [...headings, ...figures].some((text) => UNIT.test(text)) &&
    !cells.some((cell) => /`[A-Z_]{5,}`/.test(cell));
}

/** Returns the tables with figures of a page for which no command, test or program is named, by their line. */
function unsourced({ path, text }: GuidePage): readonly string[] {
  return tablesOf(text).filter((table) =>
    hasFigures(table) && !/deno task [a-z]/.test(table.context) && !/\w_test\.ts/.test(table.section)
  )
    .map(({ line }) => `${path}:${line}`);
}

Deno.test("figures of the guide name the command or test that makes them", async () => {
  const fixture =
    "## A\n\n| a | b |\n| - | - |\n| x | 1 ms |\n| x | 2 ms |\n| x | 3 ms |\n| x | 4 ms |\n| x | 5 ms |\n";
  assertEquals(unsourced({ path: "a", text: fixture }), ["a:3"]);
  assertEquals(unsourced({ path: "a", text: `# X\n\n    deno task bench\n\n${fixture}` }), []);
  // Decisions record what was measured then.
  const chapters = (await guidePages()).filter(({ path }) => !path.startsWith("docs/adr/"));
  assertEquals(chapters.flatMap(unsourced), []);
});

Deno.test("the guide names tasks that exist", async () => {
  const tasks = await projectTasks();
  // Projects made from the template have pages with those that only the template has.
  if (!await isTemplate()) return;
  const named = (await guidePages()).flatMap(({ path, text }) =>
    [...text.matchAll(/\bdeno task (?:-q |--quiet )?([a-z][\w:-]*(?:\.js)?)/g)].map(([, task = ""]) => ({
      path,
      task,
    }))
  );
  assert(named.length > 100);
  assertEquals(named.filter(({ task }) => !(task in tasks)), []);
});

/** Sections of a decision, in their order. */
const DECISION =
  /^Context, Decision, (?:Alternatives|(?:Alternatives, )?Consequences)(?:, Going back)?(?:, Figures)?$/;

Deno.test("decisions have one form: context, decision, and alternatives or consequences", async () => {
  const decisions = (await guidePages()).filter(({ path }) => path.startsWith("docs/adr/"));
  const numbers = decisions.map((
    { path, text },
  ) => [/\d{4}/.exec(path)?.[0], /^# (\d{4}): ./.exec(text)?.[1]]);
  assertEquals(numbers.filter(([file, title]) => file !== title), []);
  const forms = decisions.map(({ path, text }) =>
    [path, [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).join(", ")] as const
  );
  assertEquals(forms.filter(([, form]) => !DECISION.test(form)), []);
});
