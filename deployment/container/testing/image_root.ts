import { join } from "node:path";
import { temporaryDirectory } from "@archway/tools/support/once.ts";
import { commandsOf, type Image, imageOf, readStages } from "./image.ts";

const PROJECT = join(import.meta.dirname ?? ".", "../../..");

/** Folders that a runtime of containers adds to the root of an image. */
const OF_RUNTIME = ["proc", "dev"];

/** Root directory of an image, in which a container can run. Disposing removes it. */
export class ImageRoot implements AsyncDisposable {
  readonly path: string;
  readonly image: Image;

  private constructor(path: string, image: Image) {
    this.path = path;
    this.image = image;
  }

  /**
   * Builds a root as the Dockerfile does: with its script, its copies and their owners.
   *
   * @param target Stage of the Dockerfile.
   * @param executable File in place of the one that its build stage compiles.
   */
  static async build(target: string, executable: string): Promise<ImageRoot> {
    const stages = readStages(await Deno.readTextFile(join(PROJECT, "deployment/container/Dockerfile")));
    const stage = stages.get(target);
    if (stage === undefined) throw new Error(`The Dockerfile has no stage ${target}`);
    const image = imageOf(stage);
    const path = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_image_" });
    await Deno.chmod(path, 0o755);
    await using stack = new AsyncDisposableStack();
    const root = stack.use(new ImageRoot(path, image));
    for (const { stage, source, target, owner } of image.copies) {
      const commands = commandsOf(stages.get(stage) ?? { base: "", instructions: [] });
      const script = commands.find((command) => command.endsWith(` ${source.replace(/\/$/, "")}`)) ?? "";
      const to = join(path, target);
      if (script.startsWith("mkdir ")) await Deno.mkdir(to);
      else await root.#runScript(script, { executable, to });
      const [uid = 0, gid = 0] = owner.split(":").map(Number);
      if (uid !== 0) await Deno.chown(to, uid, gid);
    }
    for (const folder of OF_RUNTIME) await Deno.mkdir(join(path, folder));
    stack.move();
    return root;
  }

  /** Paths of all files, with their sizes and modes. */
  async listing(): Promise<readonly string[]> {
    const { stdout } = await new Deno.Command("find", {
      args: [this.path, "-printf", "%P %y %m %U %s %T@\\n"],
    }).output();
    return new TextDecoder().decode(stdout).trim().split("\n").toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }

  /** Runs the script that fills the root, with the software bill of materials of the project. */
  async #runScript(
    command: string,
    { executable, to }: { readonly executable: string; readonly to: string },
  ): Promise<void> {
    const [script = ""] = command.split(" ");
    const bill = await Deno.makeTempFile({ dir: temporaryDirectory(), prefix: "archway_sbom_" });
    try {
      await Deno.writeTextFile(
        bill,
        await (billOfMaterials ??= run(Deno.execPath(), ["task", "-q", "sbom"])),
      );
      await run(join(PROJECT, script), [executable, bill, to]);
    } finally {
      await Deno.remove(bill);
    }
  }
}

/** Output of the task, the same for all images. */
let billOfMaterials: Promise<string> | undefined;

/** Runs a program and returns its standard output. */
async function run(file: string, args: string[]): Promise<string> {
  const command = new Deno.Command(file, { args, cwd: PROJECT, env: { NO_COLOR: "1" } });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`${file} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
