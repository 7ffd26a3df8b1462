import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { fromRoot } from "@archway/program/project.ts";
import { Program } from "@archway/tools/support/program.ts";
import { filesIn, readDataSet, readManifest } from "../testing/read_data_set.ts";

const PROGRAM = fromRoot(join(import.meta.dirname ?? "", "../testing/number_program.ts"));

interface Outcome {
  readonly rows: number;
  readonly operations: number;
  readonly peakMiB: number;
}

/** Runs an export as a process; undefined if it dies. */
async function run(...args: readonly string[]): Promise<Outcome | undefined> {
  await using program = new Program({}, args, { main: PROGRAM, permissions: "test", fromSource: true });
  const { code, stdout, stderr } = await program.ended();
  if (code === 137) return undefined;
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Returns the positions in the listed files, after checking that each file is complete. */
async function positionsIn(folder: string): Promise<readonly number[]> {
  const files = await filesIn(folder).catch((): readonly string[] => []);
  if (!files.includes("manifest.json")) return [];
  const positions = (await readDataSet(folder)).map(({ position }) => Number(position));
  return positions.toSorted((one, other) => one - other);
}

function odd(last: number): readonly number[] {
  return Array.from({ length: Math.ceil(last / 2) }, (_, index) => 2 * index + 1);
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_crash_" });
  try {
    await test(join(folder, "numbers"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("export leaves each row once, wherever it is killed", () =>
  inFolder(async (folder) => {
    // Each run dies at a later operation of those that are left, so that every kind of operation is met in every state.
    let [deaths, at, last] = [0, 1, 901];
    for (;;) {
      const outcome = await run(folder, String(last), String(at));
      if (outcome !== undefined) break;
      deaths++;
      // Grows, as a run that dies early only repeats what the last one did.
      at += 3;
      const positions = await positionsIn(folder);
      assertEquals(positions, odd(last).slice(0, positions.length), `after death ${deaths}`);
      const { stream, rows } = positions.length === 0
        ? { stream: undefined, rows: 0 }
        : await readManifest(folder);
      assertEquals([rows, Number(stream?.position ?? 0)], [positions.length, positions.at(-1) ?? 0]);
      // Rows that are added meanwhile.
      if (deaths <= 6) last += 500;
    }
    assert(deaths > 8, `${deaths} deaths`);
    assertEquals(await positionsIn(folder), odd(last));
    const { files } = await readManifest(folder);
    assertEquals(await filesIn(folder), [...files.map(({ path }) => path), "manifest.json"].toSorted());
  }));

Deno.test("export --full leaves all rows before or after, wherever it is killed", () =>
  inFolder(async (folder) => {
    await run(folder, "901", "0");
    const before = odd(901);
    const { operations = 0 } = await run(folder, "901", "0", "--full") ?? {};
    // Not each of them: a process takes a second.
    const points = Array.from({ length: 10 }, (_, index) => Math.round((index + 1) * operations / 10));
    for (const point of points) {
      await run(folder, "901", String(point), "--full");
      assertEquals(await positionsIn(folder), before, `killed at ${point} of ${operations}`);
    }
  }));

Deno.test("export merges files with each row once for all readers, wherever it is killed", () =>
  inFolder(async (folder) => {
    await run(folder, "4001", "0", "--small", "--unmerged");
    const { files: before } = await readManifest(folder);
    // At each operation: a run that dies earlier leaves no more than a file to remove.
    let deaths = 0;
    while (await run(folder, "4001", String(deaths + 1)) === undefined) {
      deaths++;
      assertEquals(await positionsIn(folder), odd(4001), `after death ${deaths}`);
      const present = new Set(await filesIn(folder));
      // Those of a reader with the earlier manifest.
      for (const { path } of before) assert(present.has(path), `${path} after death ${deaths}`);
    }
    assert(deaths >= 13, `${deaths} deaths`);
    const { files, replaced = [] } = await readManifest(folder);
    assert(files.length < before.length, `${files.length} files of ${before.length}`);
    assertEquals(await positionsIn(folder), odd(4001));
    const kept = [...files, ...replaced].map(({ path }) => path);
    assertEquals(await filesIn(folder), [...kept, "manifest.json"].toSorted());
  }));

Deno.test({
  name: "export holds no more rows in memory for fifty times as many",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      const few = await run(folder, "40001", "0", "--large");
      const many = await run(`${folder}-many`, "2000001", "0", "--large");
      assertEquals([few?.rows, many?.rows], [20_001, 1_000_001]);
      const growth = (many?.peakMiB ?? 0) - (few?.peakMiB ?? 0);
      // All rows at once would take some 300 MiB.
      assert(growth < 150, `${few?.peakMiB} MiB, then ${many?.peakMiB} MiB`);
    }),
});
