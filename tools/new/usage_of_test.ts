import { assertEquals, assertStringIncludes } from "@std/assert";
import { USAGE } from "./new_arguments.ts";
import { usageOf } from "./usage_of.ts";

Deno.test("usageOf() returns the commands, options and examples of one kind", () => {
  const usage = usageOf("operation", USAGE);
  assertStringIncludes(
    usage,
    "Usage: deno task new operation <service> '<METHOD> <path>' [options]\n\nnew operation:\n",
  );
  assertStringIncludes(usage, "--scope <scope>");
  assertStringIncludes(usage, "--dry-run            list the files");
  assertStringIncludes(usage, "Examples: deno task new operation orders");
  assertEquals(/^ *(?:--owner|new (?:service|event|field))/m.test(usage), false, usage);
});

Deno.test("usageOf() covers every kind", () => {
  for (const kind of ["service", "field", "operation", "event"]) {
    const usage = usageOf(kind, USAGE);
    assertStringIncludes(usage, `Usage: deno task new ${kind} `);
    assertEquals(
      usage.split("\n").some((line) => /^new \w/.test(line) && line.includes(`new ${kind}`)),
      true,
    );
  }
});
