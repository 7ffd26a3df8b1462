import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { project } from "../config.ts";
import { printsUsage } from "./run_task.ts";

/** Options of {@link buildClients}. */
export interface BuildClientsOptions {
  /** Folder of generated clients. */
  readonly from: string;
  /** Folder of the package; emptied first. */
  readonly to: string;
}

/**
 * Builds an npm package of the generated TypeScript clients: JavaScript, declarations and package.json. Each client is
 * an export of its own, such as "archway-client/profile".
 *
 * @throws {Error} if a file has declarations that depend on inference
 */
export async function buildClients({ from, to }: BuildClientsOptions): Promise<void> {
  const files = (await readdir(from, { recursive: true })).filter((name) => name.endsWith(".gen.ts")).sort();
  await rm(to, { recursive: true, force: true });
  for (const file of files) {
    const text = (await readFile(join(from, file), "utf8"))
      .replaceAll(/ from "(\.{1,2}\/[\w./-]+)\.ts";/g, ' from "$1.js";');
    const target = join(to, file.replace(/\.ts$/, ""));
    await mkdir(dirname(target), { recursive: true });
    const { outputText: code } = ts.transpileModule(text, { compilerOptions: OPTIONS });
    const { outputText: types, diagnostics = [] } = ts.transpileDeclaration(text, {
      compilerOptions: OPTIONS,
    });
    const [first] = diagnostics;
    if (first !== undefined) {
      throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(first.messageText, "\n")}`);
    }
    await writeFile(`${target}.js`, code);
    await writeFile(`${target}.d.ts`, types);
  }
  const clients = files.flatMap((file) => /^([\w-]+)[\\/]client\.gen\.ts$/.exec(file)?.[1] ?? []);
  await writeFile(join(to, "package.json"), `${JSON.stringify(await packageJson(clients), undefined, 2)}\n`);
}

const ROOT = join(import.meta.dirname ?? ".", "..");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  declaration: true,
  isolatedDeclarations: true,
};

async function packageJson(clients: readonly string[]): Promise<object> {
  const { version = "0.0.0", imports }: { version?: string; imports: { "openapi-fetch": string } } = JSON
    .parse(
      await readFile(join(ROOT, "deno.json"), "utf8"),
    );
  return {
    name: `${project.name}-client`,
    version,
    type: "module",
    sideEffects: false,
    exports: Object.fromEntries(
      clients.map((name) => [`./${name}`, {
        types: `./${name}/client.gen.d.ts`,
        default: `./${name}/client.gen.js`,
      }]),
    ),
    dependencies: { "openapi-fetch": imports["openapi-fetch"].replace(/^npm:openapi-fetch@/, "") },
  };
}

if (
  import.meta.main &&
  !await printsUsage("deno task clients   # writes the npm package dist/clients/typescript")
) {
  await buildClients({
    from: join(ROOT, "api/clients/typescript"),
    to: join(ROOT, "dist/clients/typescript"),
  });
}
