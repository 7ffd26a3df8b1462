import { assertEquals } from "@std/assert";
import { EnvironmentReader } from "./environment_reader.ts";
import { readWorkersConfig } from "./workers_config.ts";

function readerOf(workers: string): EnvironmentReader {
  return new EnvironmentReader((name) => name === "WORKERS" ? workers : undefined);
}

Deno.test("readWorkersConfig() reads a number, or one process for each processor", () => {
  const counts = ["", "1", "3", "auto", "AUTO"].map((text) =>
    readWorkersConfig(readerOf(text), { isEmbedded: false, os: "linux" }).count
  );
  const processors = navigator.hardwareConcurrency;
  assertEquals(counts, [1, 1, 3, processors, processors]);
  for (const text of ["0", "257", "-1", "two", "1.5"]) {
    const reader = readerOf(text);
    readWorkersConfig(reader, { isEmbedded: false, os: "linux" });
    const reason = "must be auto, or an integer from 1 to 256";
    assertEquals(reader.errors, [{ variable: "WORKERS", reason }]);
  }
});

Deno.test("readWorkersConfig() returns one process and the reason where several are not possible", () => {
  const read = (os: typeof Deno.build.os, isEmbedded: boolean, text = "3"): readonly unknown[] => {
    const { configured, count, reason } = readWorkersConfig(readerOf(text), { isEmbedded, os });
    return [configured, count, reason];
  };
  assertEquals(read("linux", true), [3, 1, "the embedded database serves one process"]);
  const noPort = "several processes can listen on one port only on Linux";
  assertEquals(read("darwin", false), [3, 1, noPort]);
  assertEquals(read("windows", false), [3, 1, noPort]);
  assertEquals(read("darwin", true, "1"), [1, 1, undefined]);
});
