import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { ownedFiles } from "./owned_files.ts";
import { hashShared } from "./shared_files.ts";

/** Files of a project: of the platform, generated, shared and merged with the template, and of the team. */
const TEXTS = {
  "server/kept.ts": "platform\n",
  "server/ejected.ts": "one\ntwo\n",
  "api/ordersapi/server.gen.ts": "generated\n",
  "widget_service/schema.sql": "generated\n",
  "platform.lock": "{}\n",
  "docs/limits.md": "shared\n",
  "docs/http.md": "shared\nedited\n",
  "docs/orders.md": "own\n",
  "deno.json": "{\nours\n}\n",
  "compose.yaml": "theirs\n",
  "widget_service/module.ts": "one\ntwo\nthree\n",
};

Deno.test("ownedFiles() counts what neither follows the template nor is generated", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_owned_" });
  try {
    for (const [path, text] of Object.entries(TEXTS)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const lock = {
      template: { name: "archway", version: "1.0.0" },
      ejected: ["server/ejected.ts"],
      omitted: [],
      omittedTasks: [],
      base: { "deno.json": ["{", "}"], "compose.yaml": ["theirs"] },
      shared: { ...await hashShared(root, ["docs/limits.md"]), "docs/http.md": "of another text" },
      files: { "server/kept.ts": "a", "server/ejected.ts": "b" },
    };
    assertEquals(Object.fromEntries(await ownedFiles(root, Object.keys(TEXTS), lock)), {
      "deno.json": 1,
      "docs/http.md": 2,
      "docs/orders.md": 1,
      "server/ejected.ts": 2,
      "widget_service/module.ts": 3,
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
