import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseEventsArguments } from "./events_arguments.ts";

Deno.test("parseEventsArguments() reads the subcommand and its option", () => {
  assertEquals(parseEventsArguments(["rebuild"]), { action: "rebuild", swap: false });
  assertEquals(parseEventsArguments(["rebuild", "--swap"]), { action: "rebuild", swap: true });
  assertEquals(parseEventsArguments(["--swap", "rebuild"]), { action: "rebuild", swap: true });
});

Deno.test("parseEventsArguments() rejects other arguments", () => {
  for (
    const args of [[], ["drop"], ["rebuild", "all"], ["rebuild", "--force"], ["rebuild", "--swap=yes"], [
      "--",
      "x",
    ]]
  ) {
    assertThrows(() => parseEventsArguments(args), UsageError);
  }
});
