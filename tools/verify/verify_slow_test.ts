import { assert, assertEquals, assertRejects } from "@std/assert";
import { operationsOf } from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { parseFile, verifiedProgram } from "./main.ts";
import { FAULTS } from "./plan_faults.ts";
import { judgeHistory, recordHistory } from "./verify.ts";

/** Long enough for each kind of fault once. */
const MILLISECONDS = 32_000;

Deno.test("the history of the program under faults is consistent", async () => {
  const seed = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const program = verifiedProgram();
  const { events, skipped } = await recordHistory({ ...program, milliseconds: MILLISECONDS, seed });
  const repeat = `repeat with: deno task verify --seed ${seed}`;
  assertEquals([...skipped], [], repeat);
  const operations = operationsOf(events);
  const ok = operations.filter(({ outcome }) => outcome === "ok");
  assert(
    ok.length > FAULTS.length * 10,
    `${ok.length} of ${operations.length} operations succeeded; ${repeat}`,
  );
  const violations = await judgeHistory(events, program.services);
  assertEquals(violations.map((violation) => renderViolation(violation, events)).join("\n"), "", repeat);
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
