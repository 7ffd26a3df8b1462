import { exists } from "../support/exists.ts";
import { httpApiEvent } from "../support/lambda/lambda_events.ts";
import { LambdaRuntime } from "../support/lambda/lambda_runtime.ts";
import { commandOf } from "../support/program.ts";
import { ChildProcess } from "./child_process.ts";
import { compare } from "./compare.ts";
import type { Sample } from "./metrics.ts";
import { familyProcessorTime } from "./processor_time.ts";
import { serviceEnvironment } from "./programs.ts";
import { residentMegabytes } from "./resident_memory.ts";
import { loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const { rounds } = loadSettings({ rounds: 9, seconds: 1, connections: 1 });

/** Executable of `deno task compile:fixture`, measured too if it exists. */
const EXECUTABLE = "dist/archway_fixture";

/** Cold starts of a function of AWS Lambda: from the start of the process to its first response. */
export const functionsScenario: Scenario<"rounds"> = {
  name: "functions",
  description:
    "cold starts of the service as a function, from the start of the process to its first response",
  parts: ["functions"],
  settings: { rounds: { ...rounds, help: "starts of each variant" } },
  measure: async (run) => {
    const { database } = await startBenchDatabase(run);
    const source = commandOf(["lambda"], { fromSource: true });
    const commands = {
      source: { program: source.file, args: source.args },
      ...(await exists(EXECUTABLE) && { executable: { program: EXECUTABLE, args: ["lambda"] } }),
    };

    async function measureStart(
      command: { readonly program: string; readonly args: string[] },
      path: string,
    ): Promise<Sample> {
      await using runtime = new LambdaRuntime();
      const response = runtime.invoke(httpApiEvent({ path }));
      const env = { ...serviceEnvironment(database), MIGRATE_ON_START: "false", ...runtime.environment };
      const start = performance.now();
      await using program = new ChildProcess({ ...command, env, showErrors: true });
      void program.drain();
      const { text } = await response;
      const startTime = (performance.now() - start) * 1000;
      if (JSON.parse(text).statusCode !== 200) throw new Error(`${path} got an unexpected response: ${text}`);
      return {
        startTime,
        processorTime: await familyProcessorTime(program.pid),
        memoryAfterStart: await residentMegabytes(program.pid),
      };
    }

    const variants = Object.entries(commands).flatMap(([name, command]) =>
      [["without database", "/livez"], ["with a query", "/v1/contacts"]].map(([what, path = ""]) => ({
        name: `${name}, ${what}`,
        warmsUp: false,
        measure: () => measureStart(command, path),
      }))
    );
    return { "": await compare(run, variants, { compared: [] }) };
  },
};
