import { assert, assertEquals, assertThrows } from "@std/assert";
import { services } from "../../services.ts";
import { benchUsage, parseBenchOptions } from "./bench_options.ts";
import { SCENARIOS, serviceScenarios } from "./scenarios.ts";

const scenarios = [...SCENARIOS, ...await serviceScenarios(services)];

/** Returns the runs of a command line, each as a name, settings and parts. */
function runs(...args: string[]): readonly (readonly unknown[])[] | undefined {
  return parseBenchOptions(args, scenarios)?.runs.map(({ scenario, settings, parts }) => [
    scenario.name,
    settings,
    parts,
  ]);
}

Deno.test("parseBenchOptions() has the defaults of each scenario", () => {
  assertEquals(runs()?.map(([name]) => name), ["rows", "starts"]);
  const crowd = { rounds: 5, seconds: 3, connections: 16, crowd: 320, times: 10 };
  assertEquals(runs("overload"), [["overload", crowd, ["shedding", "none"]]]);
  assertEquals(runs("limits"), [["limits", { rounds: 15, seconds: 0.15 }, ["limits"]]]);
});

Deno.test("parseBenchOptions() reads every option", () => {
  const args = ["--rounds", "3", "--seconds=0.5", "--connections", "8", "--only", "list", "--only", "one"];
  const settings = { rounds: 3, seconds: 0.5, connections: 8 };
  assertEquals(runs(...args), [["rows", settings, ["one", "list"]]]);
  assertEquals(runs("telemetry", "slow", ...args, "--slow=10"), [
    ["slow", { ...settings, slow: 10 }, ["one"]],
    ["telemetry", settings, ["one", "list"]],
  ]);
  assertEquals(parseBenchOptions(["--json", "a.json"], scenarios)?.json, "a.json");
  assertEquals(parseBenchOptions(["depth", "--help"], scenarios), undefined);
});

Deno.test("parseBenchOptions() compares with another checkout", () => {
  const options = parseBenchOptions(["--against", "../before", "--path", "/v1/contacts"], scenarios);
  assertEquals(options?.runs.map(({ scenario, against }) => [scenario.name, against]), [
    ["against", { checkout: "../before", path: "/v1/contacts" }],
  ]);
});

Deno.test("parseBenchOptions() reports bad usage in one sentence", () => {
  const wrong: readonly (readonly [args: string, message: string])[] = [
    ["fast", "Unknown scenario 'fast': expected one of rows, starts"],
    ["--fast", "Unknown option '--fast'"],
    ["--rounds", "Option '--rounds <value>' argument missing"],
    ["--rounds 1.5", "--rounds takes a whole number above 0, at most 1000"],
    ["overload --times 0.5", "--times takes a number from 1, at most 100"],
    ["depth --contacts 1e9", "--contacts takes a whole number from 20000"],
    ["rows --only starts", "Unknown part 'starts': expected one of health"],
    ["slow --crowd 3", "--crowd goes with overload"],
    ["--path /v1", "--against and --path go together"],
    ["against", "against needs --against and --path"],
    ["rows --against . --path /v1", "rows takes no --against"],
  ];
  for (const [args, expected] of wrong) {
    const { message } = assertThrows(() => parseBenchOptions(args.split(" "), scenarios), TypeError);
    assertEquals(message.slice(0, expected.length), expected);
    assert(!/[.\n]./.test(message.replace(/\d\.\d/g, "")), message);
  }
});

Deno.test("benchUsage() describes every scenario with its parts and settings", () => {
  const usage = benchUsage(scenarios);
  for (const { name, parts, settings } of scenarios) {
    const options = Object.keys(settings).map((setting) => `  --${setting} <n>`);
    for (const text of [`\n${name}: `, ...parts, ...options]) assert(usage.includes(text), text);
  }
});
