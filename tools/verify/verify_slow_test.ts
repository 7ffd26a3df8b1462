import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { operationsOf } from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { parseFile, verifiedProgram } from "./main.ts";
import { FAULTS } from "./plan_faults.ts";
import { judgeHistory, recordHistory } from "./verify.ts";

/** Durations, each long enough for every kind of fault once. On a busy machine the first one says little. */
const MILLISECONDS = [32_000, 64_000, 128_000];
/** Number of operations that have to succeed. */
const PROVEN = FAULTS.length * 10;

Deno.test("the history of the program under faults is consistent", async () => {
  const seed = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const program = verifiedProgram();
  const repeat = `repeat with: deno task verify --seed ${seed}`;
  let succeeded = 0;
  for (const milliseconds of MILLISECONDS) {
    const { events, skipped } = await recordHistory({ ...program, milliseconds, seed });
    assertEquals([...skipped], [], repeat);
    const violations = await judgeHistory(events, program.services);
    assertEquals(violations.map((violation) => renderViolation(violation, events)).join("\n"), "", repeat);
    succeeded = operationsOf(events).filter(({ outcome }) => outcome === "ok").length;
    if (succeeded > PROVEN) break;
  }
  assertGreater(succeeded, PROVEN, repeat);
});

Deno.test("parseFile() refuses what is no regular file, and names the line that is no event", async () => {
  for (const path of [import.meta.dirname ?? "", "/dev/zero"]) {
    await assertRejects(() => parseFile(path), TypeError, "it is no regular file");
  }
  const file = await Deno.makeTempFile();
  try {
    const run = '{"type":"run","time":0,"value":{}}';
    await Deno.writeTextFile(file, `${run}\n\n${run}`);
    assertEquals((await parseFile(file)).length, 2);
    await Deno.writeTextFile(file, `${run}\nnull\n`);
    await assertRejects(() => parseFile(file), TypeError, "line 2 is no event");
  } finally {
    await Deno.remove(file);
  }
});
