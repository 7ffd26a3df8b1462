import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { TreeCopy } from "@archway/tools/support/tree_copy.ts";
import { services } from "../../services.ts";

const MIGRATION = "platform/events/migrations/20991231000100_comment_on_webhooks.sql";

/** Service that the team edits, and one that its project does without. */
const [EDITED = "", REMOVED = ""] = services.map(({ name }) => name).filter((name) =>
  name.endsWith("_service")
);

/** Returns a template like this one, with what a later version may bring. */
async function newerTemplate(): Promise<TreeCopy> {
  const template = await TreeCopy.make();
  await template.edit("deno.json", (text) =>
    text.replace(/"version": "[^"]*"/, '"version": "9.0.0"')
      .replace('"imports": {', '"imports": {\n    "@archway/extra/": "./server/",')
      .replace('"strict": true,', '"strict": true,\n    "noErrorTruncation": true,'));
  await template.edit("server/entity_tag.ts", (text) => `${text}\n// A fix of archway.\n`);
  await template.edit("server/tls.ts", (text) => `${text}\n// A fix of a file that the team owns.\n`);
  await template.edit("compose.yaml", (text) => text.replace("retries: 40", "retries: 50"));
  await template.edit("docs/limits.md", (text) => `${text}\nA new paragraph of the template.\n`);
  await Deno.writeTextFile(
    join(template.path, MIGRATION),
    "-- migrate:up\n\ncomment on table webhook_endpoints is 'Webhooks';\n\n" +
      "-- migrate:down\n\ncomment on table webhook_endpoints is null;\n",
  );
  await Deno.remove(join(template.path, "tools/trace_request_test.ts"));
  await template.commit();
  return template;
}

/** Edits a project as a team does: a service, a task, the ports of compose.yaml, one file of the platform. */
async function work(project: TreeCopy): Promise<void> {
  await project.edit(`${EDITED}/module.ts`, (text) => `${text}\n// Work of the team.\n`);
  await project.edit("deno.json", (text) =>
    text.replace('"version": "0.1.0"', '"version": "3.2.1"')
      .replace('"tasks": {', '"tasks": {\n    "hello": "deno --version",'));
  await project.edit("compose.yaml", (text) => text.replace("keep_size=2GB", "keep_size=4GB"));
  await project.edit("server/tls.ts", (text) => `${text}\n// A change of the team.\n`);
}

async function read(tree: TreeCopy, path: string): Promise<string> {
  return await Deno.readTextFile(join(tree.path, path));
}

async function git(tree: TreeCopy, ...args: readonly string[]): Promise<string> {
  const { code, output } = await tree.run("git", ...args);
  assertEquals(code, 0, output);
  return output;
}

Deno.test("deno task new:project makes a project that checks, and deno task upgrade brings a newer template into it", async (t) => {
  await using older = await TreeCopy.make();
  await older.commit();
  await using project = TreeCopy.at(await Deno.makeTempDir({ prefix: "archway_project_" }));
  await t.step("new:project writes the project, and its check succeeds", async () => {
    const made = await older.task("new:project", project.path, "--name", "zephyrine", "--without", REMOVED);
    assertStringIncludes(made, `without ${REMOVED}`);
    await project.task("check");
    for (const path of [REMOVED, "tools/bench", "tests/soak", "tools/new_project.ts"]) {
      assertEquals([path, await Deno.stat(join(project.path, path)).catch(() => "none")], [path, "none"]);
    }
    const again = await older.run(
      Deno.execPath(),
      "task",
      "new:project",
      project.path,
      "--name",
      "zephyrine",
    );
    assertEquals(again.code, 1);
    assertStringIncludes(again.output, "is not an empty folder");
  });
  await project.commit();
  await work(project);
  await using newer = await newerTemplate();
  const upgrade = ["task", "upgrade", newer.path] as const;
  await t.step("upgrade refuses uncommitted changes, and edited files of the platform", async () => {
    const dirty = await project.run(Deno.execPath(), ...upgrade);
    assertEquals(dirty.code, 1);
    assertStringIncludes(dirty.output, "There are uncommitted changes");
    await project.commit();
    const edited = await project.run(Deno.execPath(), ...upgrade);
    assertEquals(edited.code, 1);
    assertStringIncludes(edited.output, "run deno task eject server/tls.ts");
    assertEquals(await git(project, "status", "--porcelain"), "");
  });
  await project.task("eject", "server/tls.ts");
  await project.commit();
  await t.step("--dry-run reports the upgrade and writes nothing", async () => {
    const plan = await project.task("upgrade", newer.path, "--dry-run");
    assertStringIncludes(plan, "Upgrade from 0.1.0 to 9.0.0, nothing written");
    assertStringIncludes(plan, "server/  1 replaced");
    assertEquals(await git(project, "status", "--porcelain"), "");
  });
  const report = await project.task("upgrade", newer.path);
  await t.step("upgrade replaces the platform, and reports migrations and what stays", async () => {
    assertStringIncludes(report, "Upgraded from 0.1.0 to 9.0.0");
    assertStringIncludes(report, `Migrations that come along:\n  ${MIGRATION}`);
    assertStringIncludes(report, "server/tls.ts  +1 −1 lines");
    assertStringIncludes(report, "tools/  1 deleted");
    assertEquals(report.includes("To decide"), false, report);
    assertStringIncludes(await read(project, "server/entity_tag.ts"), "// A fix of zephyrine.");
    assertStringIncludes(await read(project, "docs/limits.md"), "A new paragraph of the template.");
  });
  await t.step("the work of the team stays", async () => {
    assertStringIncludes(await read(project, `${EDITED}/module.ts`), "// Work of the team.");
    const ejected = await read(project, "server/tls.ts");
    assert(ejected.includes("// A change of the team.") && !ejected.includes("// A fix of"), ejected);
    const configuration = JSON.parse(await read(project, "deno.json"));
    assertEquals(configuration.version, "3.2.1");
    assertEquals(configuration.tasks.hello, "deno --version");
    assertEquals([configuration.tasks.bench, configuration.tasks.soak], [undefined, undefined]);
    assertEquals(configuration.imports["@archway/extra/"], "./server/");
    assertEquals(configuration.compilerOptions.noErrorTruncation, true);
    const compose = await read(project, "compose.yaml");
    assert(compose.includes("retries: 50") && compose.includes("keep_size=4GB"), compose);
  });
  await t.step("its check succeeds after the reported commands", async () => {
    for (const task of ["gen", "settings"]) await project.task(task);
    await project.run(Deno.execPath(), "fmt", "--quiet");
    await project.task("check");
  });
  await t.step("git undoes it", async () => {
    assert(await git(project, "status", "--porcelain") !== "");
    await git(project, "reset", "--hard", "--quiet");
    await git(project, "clean", "-fdq");
    assertEquals((await read(project, "server/entity_tag.ts")).includes("A fix of"), false);
    assertStringIncludes(await read(project, "platform.lock"), '"version": "0.1.0"');
    assertEquals(await git(project, "status", "--porcelain"), "");
  });
  await t.step("a rename writes the lock, too", async () => {
    await project.task("rename", "acmeist");
    const { code, output } = await project.run(Deno.execPath(), "run", "-q", "-P=check", "tools/check.ts");
    assertEquals(code, 0, output);
  });
});
