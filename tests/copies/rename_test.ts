import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Program, untilReady } from "@archway/tools/support/program.ts";
import { TreeCopy } from "@archway/tools/support/tree_copy.ts";
import { project } from "../../config.ts";

Deno.test("deno task rename gives the project another name everywhere, and what is left still checks and runs", async () => {
  await using copy = await TreeCopy.make();
  await copy.commit();
  const report = await copy.task("rename", "acme");
  assertMatch(report, new RegExp(`^${project.name} is now acme, in \\d+ files\\.$`, "m"));
  assertStringIncludes(report, `EMBEDDED_DATA_DIR=.${project.name}`);
  await copy.task("check");
  const data = join(copy.path, "data");
  const environment = { EMBEDDED_DATA_DIR: data, ADMIN_PORT: "0" };
  await using program = new Program(environment, [], { root: copy.path, main: "main.ts", fromSource: true });
  await untilReady(await program.url);
  const metrics = await (await fetch(await program.metricsUrl)).text();
  assertMatch(metrics, /^acme_process_memory_bytes\{/m);
  assertEquals((await program.stop()).code, 0);
  await using help = new Program({}, ["help"], { root: copy.path, main: "main.ts", fromSource: true });
  assertMatch((await help.ended()).stdout, /^Usage: acme /);
});

Deno.test("deno task rename refuses a checkout with changes, whose diff would hide them", async () => {
  await using copy = await TreeCopy.make();
  await copy.commit();
  await copy.edit("README.md", (text) => `${text}\nmore\n`);
  const { code, output } = await copy.run(Deno.execPath(), "task", "rename", "acme");
  assertEquals(code, 1);
  assertStringIncludes(output, "There are uncommitted changes");
});
