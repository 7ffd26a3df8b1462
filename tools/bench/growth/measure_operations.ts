import { join } from "node:path";
import { generateFiles } from "../../oapi_codegen/generate_files.ts";
import { temporaryDirectory } from "../../support/once.ts";
import { compare, type Result } from "../compare.ts";
import { HttpServerProcess } from "../http_server_process.ts";
import { loadOn } from "../measure_process.ts";
import type { Sample } from "../metrics.ts";
import { progress } from "../progress.ts";
import { residentMegabytes } from "../resident_memory.ts";
import type { Tables } from "../scenario.ts";
import { reads } from "../workload.ts";
import { count, type GrowthRun } from "./growth_run.ts";
import { largeDocument, resourcePath } from "./large_document.ts";

const ROOT = join(import.meta.dirname ?? ".", "../../..");

/** Modules of the project that generated code is served with. */
const MAIN = join(import.meta.dirname ?? ".", "serve_operations.ts");

/** Code that was generated for so many operations. */
interface GeneratedApi {
  readonly operations: number;
  readonly folder: string;
  readonly build: Sample;
}

/** Generated code of 10, 100 and so on operations, and a server that mounts it. */
export async function measureOperations(run: GrowthRun): Promise<Tables> {
  const { settings: { operations, connections }, stack } = run;
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const levels = [...[10, 100].filter((level) => level < operations), operations];
  const once = { ...run, settings: { ...run.settings, rounds: 1 } };
  const apis: GeneratedApi[] = [];
  for (const level of levels) apis.push(await generateApi(join(folder, String(level)), level));
  const builds = apis.map(({ operations, build }) => ({
    name: `${count(operations)} operations`,
    warmsUp: false,
    measure: () => Promise.resolve(build),
  }));
  const servers: { readonly operations: number; readonly server: HttpServerProcess }[] = [];
  const starts = apis.map(({ operations, folder }) => ({
    name: `${count(operations)} operations`,
    warmsUp: false,
    measure: async (): Promise<Sample> => {
      const begun = performance.now();
      const args = ["--config", join(ROOT, "deno.json"), "-A", MAIN, join(folder, "server.gen.ts")];
      const server = stack.use(await HttpServerProcess.start({ args }));
      await server.untilReady(run.signal);
      const startTime = (performance.now() - begun) * 1000;
      servers.push({ operations, server });
      return { startTime, memoryAfterStart: await residentMegabytes(server.pid) };
    },
  }));
  const started = await compare(once, starts, {
    inOrder: true,
    compared: ["startTime", "memoryAfterStart"],
  });
  const routed: Result[] = [];
  for (const place of ["first", "last"] as const) {
    const variants = servers.map(({ operations, server }) => ({
      name: count(operations),
      measure: loadOn(run, {
        server,
        workload: reads([`${resourcePath(operations, place)}/7?limit=20`]),
        connections,
      }),
    }));
    routed.push(...await compare(run, variants, { row: `${place} operation` }));
  }
  return {
    "Generation": await compare(once, builds, { compared: ["generateTime", "checkTime"] }),
    "Start of a server": started,
    "Requests": routed,
  };
}

/** Generates code into a folder and type-checks it, without a cache of an earlier check. */
async function generateApi(folder: string, operations: number): Promise<GeneratedApi> {
  progress(`Generating ${count(operations)} operations`);
  await Deno.mkdir(folder);
  const begun = performance.now();
  const { files } = await generateFiles(largeDocument(operations), { file: "large.json" });
  for (const [name, text] of files) await Deno.writeTextFile(join(folder, name), text);
  const generated = performance.now();
  const args = ["check", "--quiet", "--config", join(ROOT, "deno.json"), join(folder, "server.gen.ts")];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  if (!success) {
    throw new Error(`Type-checking the operations failed: ${new TextDecoder().decode(stderr).slice(0, 500)}`);
  }
  const build = {
    generateTime: (generated - begun) * 1000,
    checkTime: (performance.now() - generated) * 1000,
  };
  return { operations, folder, build };
}
