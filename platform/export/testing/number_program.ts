import { exportDataSet } from "../run/export_data_set.ts";
import { openLocalStorage } from "../storage/local_storage.ts";
import { dyingFiles } from "./dying_files.ts";
import { NO_DATABASE, numberStream } from "./number_stream.ts";

/** Exports a stream to a folder, and dies at an operation of the file system; 0 for never. Run as a process by tests. */
async function main([folder = "", last = "1", dieAt = "0", ...options]: readonly string[]): Promise<void> {
  const files = dyingFiles(Number(dieAt));
  await using storage = await openLocalStorage(folder, files);
  const isLarge = options.includes("--large");
  const summary = await exportDataSet(
    numberStream({ last: BigInt(last), perDay: isLarge ? 1_000_000 : 1_000 }),
    {
      ...{ storage, connections: NO_DATABASE, catalogs: [], full: options.includes("--full") },
      ...(isLarge ? {} : { batchRows: 100, commitRows: options.includes("--small") ? 100 : 400 }),
      ...(options.includes("--unmerged") && { mergeFiles: Infinity }),
    },
  );
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const [, peakKiB = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  await Deno.stdout.write(new TextEncoder().encode(
    JSON.stringify({ ...summary, operations: files.count(), peakMiB: Math.round(Number(peakKiB) / 1024) }),
  ));
}

if (import.meta.main) await main(Deno.args);
