import { join } from "node:path";
import { exists } from "../support/exists.ts";

/** Folders of the library in Debian's package libfaketime, by architecture. */
const FOLDERS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => `/usr/lib/${name}/faketime`);

/** Clock of a process that is set forward and back. Only the time of day changes, as with NTP. */
export interface FakeClock extends AsyncDisposable {
  /** Variables of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the clock to a number of seconds before or after that of the system. */
  set(seconds: number): Promise<void>;
}

/** Returns a clock for one process; undefined without libfaketime. */
export async function openFakeClock(): Promise<FakeClock | undefined> {
  const libraries = FOLDERS.map((folder) => join(folder, "libfaketime.so.1"));
  const found = await Promise.all(libraries.map(exists));
  const library = libraries.find((_, index) => found[index]);
  if (library === undefined) return undefined;
  const folder = await Deno.makeTempDir({ prefix: "archway_clock_" });
  const file = join(folder, "offset");
  await Deno.writeTextFile(file, "+0s");
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
    // At once, so that no process reads a part of it.
    async set(seconds): Promise<void> {
      await Deno.writeTextFile(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}s`);
      await Deno.rename(`${file}.new`, file);
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
