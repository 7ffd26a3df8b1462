import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseEventsArguments } from "./events_arguments.ts";

Deno.test("parseEventsArguments() reads what is to be done", () => {
  assertEquals(parseEventsArguments(["rebuild"]), { action: "rebuild", swap: false });
  assertEquals(parseEventsArguments(["rebuild", "--swap"]), { action: "rebuild", swap: true });
  assertEquals(parseEventsArguments(["--swap", "rebuild"]), { action: "rebuild", swap: true });
});

Deno.test("parseEventsArguments() refuses anything else", () => {
  for (
    const args of [[], ["drop"], ["rebuild", "all"], ["rebuild", "--force"], ["rebuild", "--swap=yes"], [
      "--",
      "x",
    ]]
  ) {
    assertThrows(() => parseEventsArguments(args), UsageError);
  }
});
