import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Fault, GenerationError } from "./fault.ts";
import { generate, type Generated } from "./generate.ts";

/**
 * Generates for every `cfg.server.<name>.yaml` of a folder, in the order of their names.
 *
 * @throws {GenerationError} with the faults of all of them, or when two want to write one folder
 */
export async function generateAll(folder: string): Promise<readonly Generated[]> {
  const names = (await readdir(folder)).filter((name) => /^cfg\.server\.[\w-]+\.yaml$/.test(name)).sort();
  const results = await Promise.allSettled(names.map((name) => generate(join(folder, name))));
  const generated: Generated[] = [];
  const faults: Fault[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") {
      if (!(result.reason instanceof GenerationError)) throw result.reason;
      faults.push(...result.reason.faults);
    } else if (generated.some((other) => other.folder === result.value.folder)) {
      const file = names[index] ?? "";
      faults.push({
        file,
        at: "/output",
        message: "Another configuration writes this folder; choose one of its own",
      });
    } else {
      generated.push(result.value);
    }
  }
  if (faults.length > 0) throw new GenerationError(faults);
  return generated;
}
