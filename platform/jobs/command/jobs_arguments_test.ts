import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseJobsArguments } from "./jobs_arguments.ts";

const ID = "019a0000-0000-7000-8000-000000000001";

Deno.test("parseJobsArguments() parses list, retry and cancel", () => {
  assertEquals(parseJobsArguments(["list"]), {
    action: "list",
    state: undefined,
    kind: undefined,
    limit: 100,
    json: false,
  });
  const all = ["list", "--state=dead", "--kind", "orders.send_receipt", "--limit", "5", "--json"];
  assertEquals(parseJobsArguments(all), {
    action: "list",
    state: "dead",
    kind: "orders.send_receipt",
    limit: 5,
    json: true,
  });
  assertEquals(parseJobsArguments(["retry", ID, ID]), {
    action: "retry",
    jobs: { ids: [ID, ID] },
    json: false,
  });
  assertEquals(parseJobsArguments(["cancel", "--kind", "orders.send_receipt", "--json"]), {
    action: "cancel",
    jobs: { kind: "orders.send_receipt" },
    json: true,
  });
});

Deno.test("parseJobsArguments() names the first invalid argument", () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [[], "expected one of: list, retry, cancel"],
    [["drop"], "expected one of: list, retry, cancel"],
    [["list", ID], "list accepts no positional arguments"],
    [["list", "--state", "asleep"], "--state must be one of: waiting, running, dead"],
    [["list", "--limit", "0"], "--limit must be a whole number from 1 to 10000"],
    [["list", "--limit", "1e3"], "--limit must be a whole number from 1 to 10000"],
    [["list", "--kind"], "--kind requires a value"],
    [["retry", "--state", "dead", ID], "unknown option: retry accepts --kind, --json"],
    [["retry"], "retry requires either job IDs, as list shows them, or --kind"],
    [["cancel", ID, "--kind", "a.b"], "cancel requires either job IDs, as list shows them, or --kind"],
    [["cancel", "7"], '"7" is no job ID; list shows them'],
  ];
  for (const [args, message] of wrong) assertThrows(() => parseJobsArguments(args), UsageError, message);
});
