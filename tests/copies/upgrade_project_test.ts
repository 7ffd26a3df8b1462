import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { filesOfService, firstFreeFolder, TreeCopy } from "@archway/tools/support/tree_copy.ts";
import { services } from "../../services.ts";

const MIGRATION = "platform/service_kit/idempotency/migrations/20991231000100_comment_on_keys.sql";

/** Capability that an older template did not have, and its migrations. */
const NEW_CAPABILITY = "events";

/** Modules that the older template lacks: the capability and its dependents. */
const LATER = services.filter(({ name, requires = [] }) =>
  name === NEW_CAPABILITY || requires.includes(NEW_CAPABILITY)
).map(({ name }) => name);

/** Files of the platform that the newer template moves, the second one after the team ejected it. */
const MOVED = "server/yaml_text_test.ts";
const MOVED_TO = "server/yaml_output_test.ts";
const EJECTED_MOVED = "server/tls_test.ts";
const EJECTED_MOVED_TO = "server/certificates_test.ts";

/** Returns a template of an earlier version, without what was added since. */
async function olderTemplate(): Promise<TreeCopy> {
  const template = await TreeCopy.make();
  for (const name of LATER) await template.removeService(await filesOfService(name));
  await template.commit();
  return template;
}

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
    "-- migrate:up\n\ncomment on table idempotency_keys is 'Keys';\n\n" +
      "-- migrate:down\n\ncomment on table idempotency_keys is null;\n",
  );
  for (const [from, to] of [[MOVED, MOVED_TO], [EJECTED_MOVED, EJECTED_MOVED_TO]] as const) {
    await Deno.rename(join(template.path, from), join(template.path, to));
  }
  await template.commit();
  return template;
}

/** Edits a project as a team does: a service, a task, the ports of compose.yaml, files of the platform. */
async function work(project: TreeCopy): Promise<void> {
  await project.task("new", "service", "orders", "--field", "note:text");
  await project.edit("deno.json", (text) =>
    text.replace('"version": "0.1.0"', '"version": "3.2.1"')
      .replace('"tasks": {', '"tasks": {\n    "hello": "deno --version",'));
  await project.edit("compose.yaml", (text) => text.replace("keep_size=2GB", "keep_size=4GB"));
  for (const path of ["server/tls.ts", EJECTED_MOVED]) {
    await project.edit(path, (text) => `${text}\n// A change of the team.\n`);
  }
}

async function read(tree: TreeCopy, path: string): Promise<string> {
  return await Deno.readTextFile(join(tree.path, path));
}

async function exists(tree: TreeCopy, path: string): Promise<boolean> {
  return await Deno.stat(join(tree.path, path)).then(() => true, () => false);
}

async function git(tree: TreeCopy, ...args: readonly string[]): Promise<string> {
  const { code, output } = await tree.run("git", ...args);
  assertEquals(code, 0, output);
  return output;
}

/** Runs the program of a project on its data, and returns the notes of its orders and its standard output. */
async function runProgram(
  project: TreeCopy,
  data: string,
  note?: string,
): Promise<{ readonly notes: readonly string[]; readonly stdout: string }> {
  const options = { root: project.path, main: "main.ts", fromSource: true };
  await using program = new Program({ EMBEDDED_DATA_DIR: data }, [], options);
  const url = `${await program.url}/v1/orders`;
  await untilReady(await program.url);
  if (note !== undefined) {
    const headers = { "Content-Type": "application/json" };
    const created = await fetch(url, { method: "POST", headers, body: JSON.stringify({ note }) });
    assertEquals([created.status, (await created.text()).includes(note)], [201, true]);
  }
  const list: { readonly data: readonly { readonly note: string }[] } = await (await fetch(url)).json();
  const { code, stdout } = await program.stop();
  assertEquals(code, 0);
  return { notes: list.data.map(({ note }) => note), stdout };
}

Deno.test("deno task upgrade brings a newer template into a project that a team has changed", async (t) => {
  await using older = await olderTemplate();
  await using project = TreeCopy.at(await firstFreeFolder("archway_project_"));
  const data = await Deno.makeTempDir({ prefix: "archway_data_" });
  await t.step("new:project writes the project without the template's own parts, and not twice", async () => {
    const make = ["new:project", project.path, "--name", "zephyrine"] as const;
    await older.task(...make);
    for (const path of ["tools/bench", "tests/soak", "tools/new_project.ts", `platform/${NEW_CAPABILITY}`]) {
      assertEquals([path, await exists(project, path)], [path, false]);
    }
    const again = await older.run(Deno.execPath(), "task", ...make);
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
  await project.task("eject", "server/tls.ts", EJECTED_MOVED);
  await project.commit();
  await t.step(
    "--dry-run reports the upgrade and writes nothing, beside uncommitted changes too",
    async () => {
      await project.edit("README.md", (text) => `${text}\nmore\n`);
      const plan = await project.task("upgrade", newer.path, "--dry-run");
      await git(project, "checkout", "--quiet", "README.md");
      assertMatch(plan, /^Upgrade from 0\.1\.0 \(\w{8}\) to 9\.0\.0 \(\w{8}\), nothing written$/m);
      assertStringIncludes(plan, "New capabilities, which services.ts does not list");
      assertEquals(await git(project, "status", "--porcelain"), "");
    },
  );
  await t.step("the program stores an order before", async () => {
    const { notes } = await runProgram(project, data, "before the upgrade");
    assertEquals(notes, ["before the upgrade"]);
  });
  const list = await read(project, "services.ts");
  const report = await project.task("upgrade", newer.path);
  await t.step("upgrade replaces the platform, and reports what is new and what stays", async () => {
    assertMatch(report, /^Upgraded from 0\.1\.0 \(\w{8}\) to 9\.0\.0 \(\w{8}\)$/m);
    assertStringIncludes(report, "Migrations that come along:\n");
    assertStringIncludes(report, `  ${MIGRATION}\n`);
    assertStringIncludes(report, "server/tls.ts  +1 −1 lines");
    assertStringIncludes(report, `${EJECTED_MOVED}  moved there to ${EJECTED_MOVED_TO}`);
    assertEquals(report.includes("To decide"), false, report);
    assertStringIncludes(await read(project, "server/entity_tag.ts"), "// A fix of zephyrine.");
    assertStringIncludes(await read(project, "docs/limits.md"), "A new paragraph of the template.");
    assertEquals([await exists(project, MOVED), await exists(project, MOVED_TO)], [false, true]);
    assertEquals(await read(project, "services.ts"), list);
  });
  await t.step("the work of the team stays", async () => {
    const ejected = await read(project, "server/tls.ts");
    assert(ejected.includes("// A change of the team.") && !ejected.includes("// A fix of"), ejected);
    assertStringIncludes(await read(project, EJECTED_MOVED), "// A change of the team.");
    const configuration = JSON.parse(await read(project, "deno.json"));
    assertEquals(configuration.version, "3.2.1");
    assertEquals(configuration.tasks.hello, "deno --version");
    assertEquals([configuration.tasks.bench, configuration.tasks.soak], [undefined, undefined]);
    assertEquals(configuration.imports["@archway/extra/"], "./server/");
    assertEquals(configuration.compilerOptions.noErrorTruncation, true);
    const compose = await read(project, "compose.yaml");
    assert(compose.includes("retries: 50") && compose.includes("keep_size=4GB"), compose);
  });
  await t.step("the new capability is listed as the report says, and check and test succeed", async () => {
    const [, module = "", line = ""] =
      /^ {2}events: add (\w+) to the list in services\.ts, with (import .*)$/m
        .exec(report) ?? [];
    await project.edit("services.ts", (text) => `${line}\n${text.replace("[] = [", `[] = [${module}, `)}`);
    for (const task of ["gen", "schema", "settings"]) await project.task(task);
    await project.run(Deno.execPath(), "fmt", "--quiet");
    await project.task("check");
    await project.task("test");
  });
  await t.step("its migrations apply to the data of before", async () => {
    const { notes, stdout } = await runProgram(project, data);
    assertEquals(notes, ["before the upgrade"]);
    assertStringIncludes(stdout, "20991231000100_comment_on_keys.sql");
    assertStringIncludes(stdout, "create_webhooks.sql");
  });
  await t.step("git undoes it", async () => {
    await git(project, "reset", "--hard", "--quiet");
    await git(project, "clean", "-fdq");
    assertEquals((await read(project, "server/entity_tag.ts")).includes("A fix of"), false);
    assertEquals(await exists(project, `platform/${NEW_CAPABILITY}`), false);
    assertStringIncludes(await read(project, "platform.lock"), '"version": "0.1.0"');
    assertEquals(await git(project, "status", "--porcelain"), "");
  });
  await t.step("an upgrade to the same template writes nothing", async () => {
    assertStringIncludes(await project.task("upgrade", older.path), "no file differs");
    assertEquals(await git(project, "status", "--porcelain"), "");
  });
  await t.step("a rename writes the lock, too", async () => {
    await project.task("rename", "acmeist");
    const { code, output } = await project.run(Deno.execPath(), "run", "-q", "-P=check", "tools/check.ts");
    assertEquals(code, 0, output);
  });
  await Deno.remove(data, { recursive: true });
});
