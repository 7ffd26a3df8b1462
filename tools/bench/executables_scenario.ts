import { join } from "node:path";
import { project } from "../../config.ts";
import { temporaryDirectory } from "../support/once.ts";
import { compare } from "./compare.ts";
import type { Sample } from "./metrics.ts";
import { processorTime } from "./processor_time.ts";
import { type ServiceDatabase, startService } from "./programs.ts";
import { residentMegabytes } from "./resident_memory.ts";
import { loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const { rounds } = loadSettings({ rounds: 5, seconds: 1, connections: 1 });

const [full, server] = ["", "-server"].map((suffix) =>
  join(import.meta.dirname ?? ".", "../../dist", project.name + suffix)
);

/** A receiver that refuses connections: the SDK is loaded, and its exports fail. */
const TELEMETRY = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" };

/** Starts and memory of the executables in dist/, which `deno task test:binary` compiles. */
export const executablesScenario: Scenario<"rounds"> = {
  name: "executables",
  description: "starts and memory of the executables in dist/, with the services of services.ts",
  parts: ["starts"],
  settings: { rounds: { ...rounds, help: "starts of each variant" } },
  measure: async (run) => {
    const { database } = await startBenchDatabase(run, { fill: () => Promise.resolve([]) });
    const directory = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
    run.stack.defer(() => Deno.remove(directory, { recursive: true }));

    async function measureStart(
      executable: string | undefined,
      database: ServiceDatabase,
      env: Readonly<Record<string, string>> = {},
    ): Promise<Sample> {
      await using stack = new AsyncDisposableStack();
      const start = performance.now();
      const source = { main: "main.ts" };
      const options = { ...(executable === undefined ? source : { executable }), env };
      const process = await startService(database, { stack, signal: run.signal }, options);
      const startTime = (performance.now() - start) * 1000;
      return {
        startTime,
        startProcessorTime: await processorTime(process.pid),
        memoryAfterStart: await residentMegabytes(process.pid),
      };
    }

    let round = 0;
    // Applies the migrations, so that no measured start does.
    await measureStart(server, database);
    const variants: Readonly<Record<string, () => Promise<Sample>>> = {
      "without the embedded database": () => measureStart(server, database),
      "without it, with telemetry": () => measureStart(server, database, TELEMETRY),
      "with it, on PostgreSQL": () => measureStart(full, database),
      "with it, in an empty directory": () => measureStart(full, { embedded: `${directory}/${++round}` }),
      "with it, in the same again": () => measureStart(full, { embedded: `${directory}/${round}` }),
      "from source, on PostgreSQL": () => measureStart(undefined, database),
    };
    const cold = Object.entries(variants).map(([name, measure]) => ({ name, measure, warmsUp: false }));
    return { "": await compare(run, cold, { inOrder: true, compared: [] }) };
  },
};
