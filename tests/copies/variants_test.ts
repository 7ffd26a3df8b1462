import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { firstFreeFolder, TreeCopy } from "@archway/tools/support/tree_copy.ts";
import { services } from "../../services.ts";

/** Words for --without: the services and capabilities of the template. */
const WORDS = services.map(({ name }) => name.replace(/_service$/, ""));

/** Arguments of each variant of a project: with everything, without each service or capability, without all. */
const VARIANTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["with every service", []],
  ...WORDS.map((word) => [`without ${word}`, ["--without", word]] as const),
  ["without any service or capability", ["--without", WORDS.join(",")]],
  ["with the service of a document", ["--from", "tools/new/from/fixtures/parcels.yaml"]],
]);

/** Maximum number of lines that a team owns in a new project with the example service. */
const MAX_OWNED = 2000;

function ownedLines(report: string): number {
  const [, lines] = /^yours: (\d+) lines in \d+ files$/m.exec(report) ?? [];
  assert(lines !== undefined, report);
  return Number(lines);
}

/** Asserts that the report names what left because of a removed service. */
function assertReasons(report: string, removed: string): void {
  const dependents = services.filter(({ requires = [] }) =>
    requires.some((name) => name.replace(/_service$/, "") === removed)
  );
  for (const { name } of dependents) {
    assertStringIncludes(report, `${name} is left out because it requires ${removed}`);
  }
}

Deno.test("deno task new:project makes variants whose check and tests succeed", async (t) => {
  await using template = await TreeCopy.make();
  await template.commit();
  // The first variant may download dependencies; then none needs the network.
  let isOffline = false;
  for (const [title, without] of VARIANTS) {
    await t.step(title, async () => {
      const folder = await firstFreeFolder("archway_project_");
      await using project = TreeCopy.at(folder, { isOffline });
      isOffline = true;
      const report = await template.task("new:project", project.path, "--name", "zephyrine", ...without);
      const [, removed = ""] = without;
      assertReasons(report, removed);
      const left = (await Array.fromAsync(Deno.readDir(project.path), ({ name }) => name)).filter((name) =>
        name.endsWith("_service")
      );
      if (left.length < 2) assert(ownedLines(report) < MAX_OWNED, report);
      await project.commit();
      // Without any service the program starts, and the scaffolder writes the first one.
      if (left.length === 0) {
        assertStringIncludes(report, "deno task new service");
        await project.task("test");
        if (removed !== "") await project.task("new", "service", "orders", "--field", "amount:money");
      }
      await project.task("check");
      await project.task("test");
      assertEquals(await Deno.stat(join(project.path, "tests/copies")).catch(() => "none"), "none");
    });
  }
});
