import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BareCommand } from "./bare_payments.ts";
import { ChildProcess } from "@archway/tools/bench/child_process.ts";
import type { LoadReport } from "@archway/tools/bench/load_generator.ts";
import type { LoadResult } from "@archway/tools/bench/run_load.ts";

/** The bare loop, in a process of its own. */
export class BarePaymentsProcess implements AsyncDisposable {
  readonly #process: ChildProcess;

  /** @param database Where payments are made. */
  constructor(database: InstanceConfig) {
    const file = join(import.meta.dirname ?? ".", "bare_payments.ts");
    // The driver asks for the PG… variables while it is loaded; none of them is set.
    const permissions = ["--allow-net=127.0.0.1", "--allow-env", "--allow-sys"];
    this.#process = new ChildProcess({ args: [...permissions, file, JSON.stringify(database)] });
  }

  async run(command: BareCommand): Promise<LoadResult> {
    await this.#process.writeLine(JSON.stringify(command));
    const report: LoadReport = JSON.parse(await this.#process.readLine());
    if ("failure" in report) throw new Error(`The bare loop failed: ${report.failure}`);
    return report.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
