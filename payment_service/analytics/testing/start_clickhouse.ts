import { join } from "node:path";
import { testWith } from "@archway/tools/support/test_with.ts";
import type { ClickhouseTarget } from "../load_clickhouse.ts";

/** Python with the package chdb, which .ci/run installs. */
const PYTHON = Deno.env.get("TEST_CHDB_PYTHON") ?? "python3";

const SERVER = join(import.meta.dirname ?? ".", "clickhouse_server.py");

async function hasEngine(): Promise<boolean> {
  const command = new Deno.Command(PYTHON, { args: ["-c", "import chdb"], stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

/** Defines a test that needs the engine of ClickHouse. */
export const testWithClickhouse = testWith({
  reason: "Python has no package chdb",
  program: await hasEngine() ? PYTHON : undefined,
});

/** Engine of ClickHouse behind a small server with its HTTP interface. */
export interface Clickhouse extends AsyncDisposable {
  readonly target: ClickhouseTarget;
}

/** Starts the engine of ClickHouse with data in a folder. */
export async function startClickhouse(folder: string): Promise<Clickhouse> {
  const server = new Deno.Command(PYTHON, {
    args: [SERVER, folder],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let hasEnded = false;
  const ended = server.status.then(() => hasEnded = true);
  const port = await readPort(server.stdout);
  return {
    target: { url: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose](): Promise<void> {
      if (!hasEnded) server.kill("SIGKILL");
      await ended;
    },
  };
}

async function readPort(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    const [, port] = /^port (\d+)$/m.exec(text += part) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`The server of ClickHouse has ended: ${text}`);
}
