import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { LOCK_FILE, type PlatformLock, readLock, writeLock } from "./platform_lock.ts";

const LOCK: PlatformLock = {
  template: { name: "template", version: "1.2.0", commit: "abc", nameUsedIn: "docs/jobs.md" },
  ...{ ejected: [], omitted: ["b", "c"], omittedTasks: ["soak", "test"] },
  ...{
    base: { "deno.json": ["{", "}"] },
    shared: { "docs/a.md": "1" },
    files: { "db/a.ts": "2", "db/b.ts": "3" },
  },
};

Deno.test("writeLock() writes the same lock in the same order", async () => {
  const root = await Deno.makeTempDir({ prefix: "lock_" });
  try {
    await writeLock(root, LOCK);
    const text = await Deno.readTextFile(join(root, LOCK_FILE));
    const { files, template, ...rest } = await readLock(root) ?? LOCK;
    const { nameUsedIn, commit, version, name } = template;
    await writeLock(root, {
      ...{ files: { "db/b.ts": files["db/b.ts"] ?? "", "db/a.ts": files["db/a.ts"] ?? "" }, ...rest },
      ...{ omittedTasks: ["test", "soak"], template: { nameUsedIn, commit, version, name } },
    });
    assertEquals(await Deno.readTextFile(join(root, LOCK_FILE)), text);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("readLock() reads the lock of an earlier template, without a commit", async () => {
  const root = await Deno.makeTempDir({ prefix: "lock_" });
  try {
    const lock = { ...LOCK, template: { name: "template", version: "1.2.0" } };
    await writeLock(root, lock);
    assertEquals(await readLock(root), lock);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
