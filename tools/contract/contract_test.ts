import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { announcesBreaking } from "./compare_versions.ts";
import { contract, type ContractOutcome } from "./contract.ts";

const DOCUMENT = `openapi: 3.1.0
info: { title: Books, version: 1.0.0 }
paths:
  /books:
    get:
      security: []
      parameters:
        - $ref: "common.yaml#/components/parameters/Limit"
      responses: { "204": { description: None } }
`;
const COMMON = `components:
  parameters:
    Limit: { name: limit, in: query, schema: { type: integer, maximum: 100 } }
`;

/** Project with two commits: the tag v1, and changed files that are not committed. */
class Project implements AsyncDisposable {
  private constructor(readonly root: string) {}

  static async create(): Promise<Project> {
    const project = new Project(await Deno.makeTempDir({ prefix: "archway_contract_" }));
    await Deno.mkdir(join(project.root, "oapi"));
    await project.write({
      "cfg.server.book.yaml": "spec: books.yaml\noutput: ../api/books\n",
      "books.yaml": DOCUMENT,
      "common.yaml": COMMON,
    });
    await project.git("init", "-q");
    await project.git("add", "-A");
    await project.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "one");
    return project;
  }

  async git(...args: readonly string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command("git", { args: ["-C", this.root, ...args] }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(this.root, "oapi", name), text);
    }
  }

  compare(options: { readonly check?: boolean; readonly against?: string } = {}): Promise<ContractOutcome> {
    return contract(this.root, { json: false, check: false, ...options });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.root, { recursive: true });
  }
}

Deno.test("contract() compares nothing without a tag", async () => {
  await using project = await Project.create();
  assertEquals((await project.compare({ check: true })).lines, []);
  assertEquals((await project.compare()).lines, ["Contract: no git tag to compare the documents with"]);
  assertEquals((await project.compare({ against: "v9" })).exitCode, 2);
});

Deno.test("contract() fails on a breaking change in any file until the version or an entry announces it", async () => {
  await using project = await Project.create();
  await project.git("tag", "v1");
  assertEquals((await project.compare({ check: true })).lines, []);
  await project.write({ "common.yaml": COMMON.replace("maximum: 100", "maximum: 50") });
  const { lines, exitCode } = await project.compare({ check: true });
  assertEquals(exitCode, 1);
  assertEquals(lines.slice(0, 6), [
    "oapi/books.yaml: 1 breaking, 0 risky, 0 safe since v1",
    "",
    "Breaking: clients that follow the earlier version fail",
    "  query parameter limit: maximum changed from 100 to 50",
    "    query parameter limit of GET /books",
    `    ${join(project.root, "oapi/common.yaml")}:3#/components/parameters/Limit/schema/maximum`,
  ]);
  const entry = `- document: books.yaml
  at: /components/parameters/Limit/schema/maximum
  reason: No client asks for more
`;
  await project.write({ "contract-exceptions.yaml": entry });
  assertEquals(await project.compare({ check: true }).then(({ lines, exitCode }) => ({ lines, exitCode })), {
    lines: [],
    exitCode: 0,
  });
  await project.write({
    "books.yaml": DOCUMENT.replace("version: 1.0.0", "version: 2.0.0"),
    "contract-exceptions.yaml": entry.replace("/Limit/", "/Page/"),
  });
  const stale = await project.compare({ check: true });
  assertEquals(stale.exitCode, 0);
  assertEquals(stale.lines, [
    "oapi/contract-exceptions.yaml:1: warning: the entry matches no breaking change since v1; remove it",
  ]);
});

Deno.test("contract() reports removed documents and removed parts by their place in the earlier version", async () => {
  await using project = await Project.create();
  await project.git("tag", "v1");
  await project.write({ "books.yaml": DOCUMENT.replace(/ +parameters:\n.*\n/, "") });
  const [report] = (await project.compare()).reports;
  assertEquals(report?.changes.map(({ level, message, line, side }) => ({ level, message, line, side })), [
    { level: "risky", message: "query parameter limit removed", line: 3, side: "before" },
  ]);
  await Deno.remove(join(project.root, "oapi/cfg.server.book.yaml"));
  await Deno.remove(join(project.root, "oapi/books.yaml"));
  const removed = await project.compare();
  assertEquals(removed.exitCode, 1);
  assertEquals(removed.reports[0]?.changes[0]?.message, "document removed");
});

Deno.test("contract() compares the parts that the configurations select, with their overlays and paths", async () => {
  await using project = await Project.create();
  await project.git("tag", "v1");
  const cfg = "spec: books.yaml\noutput: ../api/books\n";
  const messages = async (text: string): Promise<readonly string[]> => {
    await project.write({ "cfg.server.book.yaml": cfg + text });
    return (await project.compare()).reports.flatMap(({ changes }) => changes.map(({ message }) => message));
  };
  assertEquals(await messages("options: { base-path: /v1 }\n"), ['base path changed from "" to "/v1"']);
  assertEquals(await messages("exclude: { paths: [/books] }\n"), ["operation removed"]);
  const overlay = `overlay: 1.0.0
info: { title: T, version: "1" }
actions: [{ target: "$.paths[*].get", update: { operationId: listBooks, deprecated: true } }]
`;
  await project.write({ "fix.yaml": overlay });
  assertEquals(await messages("overlays: [fix.yaml]\n"), ["operation deprecated"]);
});

Deno.test("contract() skips an earlier version that is invalid in the check, and fails otherwise", async () => {
  await using project = await Project.create();
  await project.write({ "books.yaml": "openapi: 2.0\n" });
  await project.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qam", "two");
  await project.git("tag", "v1");
  await project.write({ "books.yaml": DOCUMENT });
  const { lines, exitCode } = await project.compare({ check: true });
  assertEquals(exitCode, 0);
  assertEquals(lines[0]?.startsWith("oapi/books.yaml: the version of v1 cannot be read: "), true);
  assertEquals((await project.compare()).exitCode, 2);
});

Deno.test("contract() compares a document with a file of the same name", async () => {
  await using project = await Project.create();
  const folder = join(project.root, "old");
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "books.yaml"), DOCUMENT.replace("/books:", "/novels:"));
  await Deno.writeTextFile(join(folder, "common.yaml"), COMMON);
  const { reports, exitCode } = await project.compare({ against: join(folder, "books.yaml") });
  assertEquals(exitCode, 1);
  assertEquals(reports[0]?.changes.map(({ message, places }) => `${places} ${message}`), [
    "GET /novels operation removed",
    "GET /books operation added",
  ]);
});

Deno.test("announcesBreaking() needs a new major version, or a new minor one before 1.0.0", () => {
  assertEquals(announcesBreaking("1.4.0", "2.0.0"), true);
  assertEquals(announcesBreaking("1.4.0", "1.5.0"), false);
  assertEquals(announcesBreaking("0.4.0", "0.5.0"), true);
  assertEquals(announcesBreaking("0.4.0", "0.4.1"), false);
  assertEquals(announcesBreaking("2026-01-31", "2026-06-01"), false);
  assertEquals(announcesBreaking("v1", "v2"), true);
});
