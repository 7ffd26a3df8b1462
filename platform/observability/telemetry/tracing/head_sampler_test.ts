import { assert, assertEquals } from "@std/assert";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import type { SamplerOptions } from "@archway/service_kit/telemetry_export.ts";
import { headSampler } from "./head_sampler.ts";
import { newTraceId } from "./trace_ids.ts";

const ID = newTraceId();

Deno.test("headSampler() follows the caller only if its name says so", () => {
  const decisions = (sampler: SamplerOptions["sampler"], ratio: number): readonly boolean[] =>
    [undefined, false, true].map((parent) => headSampler({ sampler, ratio })(ID, parent));
  assertEquals(decisions("always_on", 0), [true, true, true]);
  assertEquals(decisions("always_off", 1), [false, false, false]);
  assertEquals(decisions("traceidratio", 0), [false, false, false]);
  assertEquals(decisions("parentbased_always_on", 0), [true, false, true]);
  assertEquals(decisions("parentbased_always_off", 1), [false, false, true]);
  assertEquals(decisions("parentbased_traceidratio", 1), [true, false, true]);
});

Deno.test("headSampler() decides like the SDK's sampler for the same trace, at about the ratio", () => {
  const sampler = headSampler({ sampler: "traceidratio", ratio: 0.25 });
  const other = new TraceIdRatioBasedSampler(0.25);
  const ids = Array.from({ length: 4_000 }, newTraceId);
  const recorded = ids.filter((id) => sampler(id, undefined));
  const expected = ids.filter((id) =>
    other.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED
  );
  assertEquals(recorded, expected);
  // Beyond ten standard deviations, so that chance fails it in no lifetime.
  assert(recorded.length > 725 && recorded.length < 1275, `${recorded.length}`);
});
