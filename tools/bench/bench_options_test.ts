import { assert, assertEquals, assertThrows } from "@std/assert";
import { services } from "../../services.ts";
import { benchUsage, parseBenchOptions } from "./bench_options.ts";
import { SCENARIOS, serviceScenarios } from "./scenarios.ts";

const scenarios = [...SCENARIOS, ...await serviceScenarios(services)];

/** Returns the runs of a command line, each as a name, settings and parts. */
const runs = (line: string): unknown =>
  parseBenchOptions(line.split(" ").filter((arg) => arg !== ""), scenarios)?.runs
    .map(({ scenario, settings, parts }) => [scenario.name, settings, parts]);

const LOAD = { rounds: 5, seconds: 2, connections: 16 };
const ROWS = ["health", "one", "list", "next", "create", "patch"];

Deno.test("parseBenchOptions() has the defaults of each scenario", () => {
  assertEquals(runs(""), [["rows", LOAD, ROWS], ["starts", { rounds: 3, connections: 16 }, ["starts"]]]);
  const overload = { ...LOAD, seconds: 3, crowd: 320, times: 10 };
  assertEquals(runs("overload"), [["overload", overload, ["shedding", "none"]]]);
  assertEquals(runs("limits"), [["limits", { rounds: 15, seconds: 0.15 }, ["limits"]]]);
});

Deno.test("parseBenchOptions() reads every option", () => {
  const line = "--rounds 3 --seconds=0.5 --connections 8 --only list --only one";
  const settings = { rounds: 3, seconds: 0.5, connections: 8 };
  assertEquals(runs(line), [["rows", settings, ["one", "list"]]]);
  const slow = ["slow", { ...settings, slow: 10 }, ["one"]];
  assertEquals(runs(`telemetry slow ${line} --slow=10`), [slow, ["telemetry", settings, ["one", "list"]]]);
  assertEquals(parseBenchOptions(["--json", "a.json"], scenarios)?.json, "a.json");
  assertEquals(runs("depth --help"), undefined);
  const against = ["--against", "../before", "--path", "/v1/contacts"];
  const [run] = parseBenchOptions(against, scenarios)?.runs ?? [];
  assertEquals([run?.scenario.name, run?.against], ["against", {
    checkout: "../before",
    path: "/v1/contacts",
  }]);
});

Deno.test("parseBenchOptions() reports bad usage in one sentence", () => {
  const wrong = {
    "fast": "Unknown scenario 'fast': expected one of rows, starts",
    "--fast": "Unknown option '--fast'",
    "--rounds": "Option '--rounds <value>' argument missing",
    "--rounds 1.5": "--rounds takes a whole number above 0, at most 1000",
    "overload --times 0.5": "--times takes a number from 1, at most 100",
    "depth --contacts 1e9": "--contacts takes a whole number from 20000",
    "rows --only starts": "Unknown part 'starts': expected one of health",
    "slow --crowd 3": "--crowd goes with overload",
    "--path /v1": "--against and --path go together",
    "against": "against needs --against and --path",
    "rows --against . --path /v1": "rows takes no --against",
  };
  for (const [line, expected] of Object.entries(wrong)) {
    const { message } = assertThrows(() => runs(line), TypeError);
    assertEquals(message.slice(0, expected.length), expected);
    assert(!/[.\n]\s/.test(message), message);
  }
});

Deno.test("benchUsage() describes every scenario with its parts and settings", () => {
  const usage = benchUsage(scenarios);
  for (const { name, parts, settings } of scenarios) {
    const options = Object.keys(settings).map((setting) => `  --${setting} <n>`);
    for (const text of [`\n${name}: `, ...parts, ...options]) assert(usage.includes(text), text);
  }
});
