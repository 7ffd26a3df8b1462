import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import type { SamplerOptions } from "@archway/service_kit/telemetry_export.ts";

/**
 * Decides whether a trace is recorded, once at its beginning.
 *
 * @param traceId ID of the trace, by which all services with the same ratio decide alike.
 * @param parentSampled Decision of the caller; undefined if there is none.
 */
export type HeadSampler = (traceId: string, parentSampled: boolean | undefined) => boolean;

const PARENT_BASED = "parentbased_";

/** Returns the sampler of a name. */
export function headSampler({ sampler, ratio }: SamplerOptions): HeadSampler {
  const followsParent = sampler.startsWith(PARENT_BASED);
  const decide = rootSampler(followsParent ? sampler.slice(PARENT_BASED.length) : sampler, ratio);
  return followsParent
    ? (traceId, parentSampled): boolean => parentSampled ?? decide(traceId)
    : (traceId): boolean => decide(traceId);
}

function rootSampler(name: string, ratio: number): (traceId: string) => boolean {
  if (name === "always_on") return () => true;
  if (name === "always_off") return () => false;
  const byRatio = new TraceIdRatioBasedSampler(ratio);
  return (traceId) =>
    byRatio.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
}
