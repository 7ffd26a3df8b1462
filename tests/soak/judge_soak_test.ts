import { assertEquals, assertMatch } from "@std/assert";
import { judgeSoak } from "./judge_soak.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
import { renderSoakReport } from "./soak_report.ts";

const SAMPLE: Sample = {
  seconds: 0,
  residentMb: 200,
  heapMb: 50,
  files: 60,
  primaryConnections: 10,
  standbyConnections: 11,
  series: 250,
};

function results(changes: Partial<SoakResults> = {}): SoakResults {
  return {
    minutes: 10,
    driver: "wire",
    capacity: 1000,
    rate: 500,
    cores: 2,
    sent: { sent: 300_000, skipped: 0 },
    totals: { responses: 300_000, kinds: [], refused: { overloaded: 3 }, wrong: {}, broken: {} },
    outages: [{ at: 1, lasts: 1, of: "standby", how: "frozen" }],
    hasStore: true,
    healthy: true,
    interrupted: { responses: 64, kinds: [], refused: {}, wrong: {}, broken: {} },
    samples: Array.from({ length: 601 }, (_, seconds) => ({ ...SAMPLE, seconds })),
    atRest: { before: SAMPLE, after: SAMPLE },
    ...changes,
  };
}

function broken(changes: Partial<SoakResults>): readonly string[] {
  return judgeSoak(results(changes)).filter(({ passed }) => passed === false).map(({ rule }) => rule);
}

function after(changes: Partial<Sample>): Partial<SoakResults> {
  return { atRest: { before: SAMPLE, after: { ...SAMPLE, ...changes } } };
}

function samples(of: (second: number) => Partial<Sample>): Partial<SoakResults> {
  return { samples: Array.from({ length: 601 }, (_, seconds) => ({ ...SAMPLE, seconds, ...of(seconds) })) };
}

Deno.test("judgeSoak() passes a good run", () => {
  assertEquals(broken({}), []);
  assertEquals(judgeSoak(results()).map(({ passed }) => passed), Array(10).fill(true));
});

Deno.test("judgeSoak() fails each violated rule", () => {
  const { totals } = results();
  const cases: readonly (readonly [string, Partial<SoakResults>])[] = [
    ["Every response", { totals: { ...totals, wrong: { "page, GET: 500": 1 } } }],
    ["No connection breaks", { totals: { ...totals, broken: { "page, GET: reset": 1 } } }],
    ["Ctrl-C", { interrupted: { ...totals, broken: { "page, GET: reset": 1 } } }],
    ["All services", { healthy: false }],
    ["Memory", samples((second) => ({ residentMb: 200 + second / 5 }))],
    ["No file", after({ files: 70 })],
    ["Connections of the primary", after({ primaryConnections: 13, files: 61 })],
    ["Connections of the standby", after({ standbyConnections: 12, files: 61 })],
    ["The number of series", samples((second) => ({ series: 250 + second }))],
  ];
  for (const [beginning, changes] of cases) {
    assertEquals(broken(changes).map((rule) => rule.startsWith(beginning)), [true], beginning);
  }
});

Deno.test("judgeSoak() marks rules that this machine cannot check as unknown", () => {
  const unknown = { residentMb: undefined, files: undefined };
  const verdicts = judgeSoak(results({ hasStore: false, ...samples(() => unknown), ...after(unknown) }));
  assertEquals(verdicts.filter(({ passed }) => passed === undefined).map(({ rule }) => rule), [
    "A limiter store was available for outages",
    "Memory is flat",
    "No file is leaked",
  ]);
});

Deno.test("renderSoakReport() shows outages, responses and rules", () => {
  const kinds = [{ kind: "page", statuses: { 200: 5 }, p50: 1.25, p99: 9 }] as const;
  const run = results({ totals: { ...results().totals, kinds, wrong: { "page, GET: 500": 2 } } });
  const text = renderSoakReport(run, judgeSoak(run));
  assertMatch(text, /frozen 1 times/);
  assertMatch(text, /3 of these with 503 and Retry-After \(3 overloaded\)/);
  assertMatch(text, /\| page +\| +1\.3 \| +9\.0 \| +5 x 200 \|/);
  assertMatch(text, /FAILED \| +2 times page, GET: 500 \|/);
  assertMatch(renderSoakReport({ ...run, hasStore: false }, []), /THERE WAS NO LIMITER STORE/);
});
