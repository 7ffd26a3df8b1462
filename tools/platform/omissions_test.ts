import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { isOmitted, readOmissions, withoutOmitted } from "./omissions.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");
const OMISSIONS = {
  paths: ["docs/load.md", "tools/load", "tests/load", "*_service/load"],
  tasks: ["load", "load:all"],
};

Deno.test("isOmitted() finds files and what is below folders", () => {
  const omitted = ["docs/load.md", "tools/load/a.ts", "a_service/load/b.ts"];
  const others = ["tools/loader.ts", "tools/load.ts", "a_service/deep/load/b.ts", "a_service/loads"];
  assertEquals([...omitted, ...others].filter((path) => isOmitted(path, OMISSIONS)), omitted);
});

Deno.test("withoutOmitted() removes tasks, and folders in the commands of others", () => {
  const task = (name: string, command: string): string =>
    `    "${name}": {\n      "description": "${name}",\n      "command": "${command}"\n    }`;
  const text = `{\n  "tasks": {\n${
    [task("test", "deno test --ignore=a,tests/load,b"), task("load", "x"), task("load:all", "y")].join(",\n")
  }\n  },\n  "fmt": {}\n}\n`;
  const left = JSON.parse(withoutOmitted("deno.json", text, OMISSIONS));
  assertEquals(left, {
    tasks: { test: { description: "test", command: "deno test --ignore=a,b" } },
    fmt: {},
  });
});

Deno.test("withoutOmitted() gives a project its own tasks, and services without omitted lines", () => {
  const ownTasks = { test: { description: "own", command: 'run "$1"' } };
  const text = `{\n  "tasks": {\n    "test": {\n      "command": "run"\n    }\n  },\n  "fmt": {}\n}\n`;
  assertEquals(JSON.parse(withoutOmitted("deno.json", text, { paths: [], tasks: [], ownTasks })), {
    tasks: ownTasks,
    fmt: {},
  });
  const lines = { paths: [], tasks: [], lines: ["seed"] };
  assertEquals(withoutOmitted("a_service/module.ts", "a\n  commands: [seed],\nb\n", lines), "a\nb\n");
  assertEquals(withoutOmitted("server/module.ts", "seed\n", lines), "seed\n");
});

Deno.test("withoutOmitted() removes settings of omitted parts", () => {
  const text = "# tools\nA=1\n# tools/load\nB=2\n# Of tools/load\nC=3\n";
  assertEquals(withoutOmitted("deployment/b.env", text, OMISSIONS), "# tools\nA=1\n# Of tools/load\nC=3\n");
});

Deno.test("withoutOmitted() removes rows of tasks and links to pages", () => {
  const text = "See [load](docs/load.md#a), [run](run.md).\n\n## Sets\n\n| `load` | x |\n\n" +
    "## Tasks\n\n| `load` | x |\n| `loader` | x |\n| `deno task load <a>` | x |\n| `deno task load:all` | x |\n";
  assertEquals(
    withoutOmitted("README.md", text, OMISSIONS),
    "See load, [run](run.md).\n\n## Sets\n\n| `load` | x |\n\n## Tasks\n\n| `loader` | x |\n",
  );
});

Deno.test("readOmissions() lists existing files and tasks of this template", async () => {
  // A project has the list, and none of what it names.
  const isProject = await Deno.stat(join(ROOT, "platform.lock")).then(() => true, () => false);
  const { paths, tasks } = await readOmissions(ROOT);
  const configuration: { readonly tasks: object } = JSON.parse(
    await Deno.readTextFile(join(ROOT, "deno.json")),
  );
  for (const path of paths.filter((path) => !path.includes("*"))) {
    const exists = await Deno.stat(join(ROOT, path)).then(() => true, () => false);
    assertEquals([path, exists], [path, !isProject]);
  }
  for (const task of tasks) {
    assertEquals([task, task in configuration.tasks], [task, !isProject]);
  }
});
