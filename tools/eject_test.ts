import { assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "node:path";
import { eject } from "./eject.ts";
import { changedPlatformFiles, compareFiles } from "./platform/changed_files.ts";
import { hashFile, hashPlatform } from "./platform/platform_files.ts";
import { LockError, type PlatformLock, readLock, writeLock } from "./platform/platform_lock.ts";

/** Project of two platform files. */
class Project implements AsyncDisposable {
  private constructor(readonly root: string) {}

  static async make(): Promise<Project> {
    const project = new Project(await Deno.makeTempDir({ prefix: "archway_lock_" }));
    await project.write("server/a.ts", "one\n");
    await project.write("tools/deep/b.ts", "two\n");
    await project.write("shop_service/c.ts", "three\n");
    return project;
  }

  async write(path: string, text: string): Promise<void> {
    await Deno.mkdir(dirname(join(this.root, path)), { recursive: true });
    await Deno.writeTextFile(join(this.root, path), text);
  }

  async lock(): Promise<PlatformLock> {
    const files = Object.fromEntries(await hashPlatform(this.root));
    const template = { name: "archway", version: "1.2.3" };
    const base = { "compose.yaml": ["services:", ""] };
    const lock: PlatformLock = {
      template,
      ejected: [],
      omitted: ["tools/bench"],
      omittedTasks: ["bench"],
      shared: {},
      files,
      base,
    };
    await writeLock(this.root, lock);
    return lock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

Deno.test("changedPlatformFiles() names nothing without a lock, and what was edited, added or deleted with one", async () => {
  await using project = await Project.make();
  assertEquals(await changedPlatformFiles(project.root), []);
  assertEquals(await readLock(project.root), undefined);
  const lock = await project.lock();
  assertEquals(await readLock(project.root), lock);
  assertEquals(Object.keys(lock.files), ["server/a.ts", "tools/deep/b.ts"]);
  await project.write("shop_service/c.ts", "changed\n");
  await project.write("server/a.ts", "one\r\n");
  assertEquals(await changedPlatformFiles(project.root), []);
  await project.write("server/a.ts", "uno\n");
  await project.write("db/new.ts", "new\n");
  await Deno.remove(join(project.root, "tools/deep/b.ts"));
  assertEquals(await changedPlatformFiles(project.root), [
    "db/new.ts was added to the platform: move it into your service, or run deno task eject db/new.ts",
    "server/a.ts was edited: move the change into your service, or run deno task eject server/a.ts",
    "tools/deep/b.ts was deleted: restore it with git checkout tools/deep/b.ts, or run deno task eject tools/deep/b.ts",
  ]);
});

Deno.test("changedPlatformFiles() reports a lock that it cannot read", async () => {
  await using project = await Project.make();
  await project.write("platform.lock", "{}");
  assertEquals(await changedPlatformFiles(project.root), [
    'platform.lock: "template" is missing; restore it from git',
  ]);
});

Deno.test("compareFiles() accepts ejected files, edited, added and deleted", () => {
  const found = new Map([["server/a.ts", "2"], ["server/b.ts", "1"]]);
  const expected = { "server/a.ts": "1", "server/c.ts": "1" };
  assertEquals(compareFiles({ expected, found, ejected: ["server/a.ts", "server/b.ts", "server/c.ts"] }), []);
});

Deno.test("eject() marks files of the platform once, and refuses others", async () => {
  await using project = await Project.make();
  await assertRejects(() => eject(project.root, ["server/a.ts"]), LockError, "There is no platform.lock");
  await project.lock();
  await eject(project.root, ["./server/a.ts"]);
  await eject(project.root, ["server/a.ts"]);
  assertEquals((await readLock(project.root))?.ejected, ["server/a.ts"]);
  await assertRejects(
    () => eject(project.root, ["shop_service/c.ts"]),
    LockError,
    "Not a file of the platform: shop_service/c.ts",
  );
});

Deno.test("hashFile() counts line breaks as LF and leaves other carriage returns", async () => {
  const hash = (text: string): Promise<string> => hashFile(new TextEncoder().encode(text));
  assertEquals(await hash("a\r\nb\r\n"), await hash("a\nb\n"));
  assertEquals(await hash("a\rb") === await hash("ab"), false);
});
