import { temporaryDirectory } from "./once.ts";

/** Small file system that can be filled. Only root can mount one, on Linux, and not in every container. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts one with a size in MiB; undefined if that is not possible here. */
  static async mount(mebibytes: number): Promise<SmallDisk | undefined> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
    const path = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_disk_" });
    if (await run("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=777`, "tmpfs", path])) {
      return new SmallDisk(path);
    }
    await Deno.remove(path);
    return undefined;
  }

  /** Fills it completely. */
  async fill(): Promise<void> {
    using file = await Deno.open(this.#filler, { create: true, append: true });
    const block = new Uint8Array(65_536);
    try {
      while (true) await file.write(block);
    } catch (error) {
      if (!String(error).includes("No space left")) throw error;
    }
  }

  /** Removes what {@link fill} has written. */
  async empty(): Promise<void> {
    await Deno.remove(this.#filler);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", ["--lazy", this.path]);
    await Deno.remove(this.path);
  }

  get #filler(): string {
    return `${this.path}/filler`;
  }
}

async function run(program: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
  return success;
}
