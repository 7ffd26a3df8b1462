import { join } from "node:path";
import { filesBelow } from "../new/find_clashes.ts";
import { runCommand } from "./prepare_template.ts";

/** OpenAPI document that becomes the service of a new project. */
export interface ProjectDocument {
  /** Absolute path. */
  readonly from: string;
  /** Prefix of its paths. @default that of its first server */
  readonly prefix: string | undefined;
}

/** Service that was made of a document. */
export interface AddedService {
  readonly paths: readonly string[];
  /** Decisions of the scaffolder. */
  readonly report: string;
}

/** Writes the service of a document into a project, under the name of the project. */
export async function addDocument(
  root: string,
  { name, document: { from, prefix } }: { readonly name: string; readonly document: ProjectDocument },
): Promise<AddedService> {
  const args = ["task", "--quiet", "new", "service", name, "--from", from];
  const output = await runCommand(
    "deno",
    [...args, ...(prefix === undefined ? [] : ["--prefix", prefix])],
    root,
  );
  const folders = [`${name}_service`, `oapi/${name}`, `api/${name}api`, `api/clients/typescript/${name}`];
  const paths = [`oapi/cfg.server.${name}.yaml`];
  for (const folder of folders) {
    for await (const path of filesBelow(root, folder)) paths.push(path);
    const testing = join(folder, "testing");
    const hasTests = await Deno.lstat(join(root, testing)).then(() => true, () => false);
    if (hasTests) { for await (const path of filesBelow(root, testing)) paths.push(path); }
  }
  const [, report = ""] = /\n\n([^]*?)\n\nNext:/.exec(output) ?? [];
  return { paths, report };
}
