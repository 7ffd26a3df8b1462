import { assert, assertEquals } from "@std/assert";
import { operationsOf } from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { verifiedProgram } from "./main.ts";
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
