import { defineJob, type JobDefinition, payloadOf } from "@archway/service_kit/job.ts";

/** Payload of the jobs of tests. */
export interface TestPayload {
  readonly name: string;
}

const PAYLOAD = payloadOf((value): TestPayload => {
  const name: unknown = value !== null && typeof value === "object" && "name" in value && value.name;
  if (typeof name !== "string") throw new TypeError("name: must be a string");
  return { name };
});

/** Defines a kind of job for a test. */
export function testJob(
  kind: string,
  options: Partial<JobDefinition> = {},
): JobDefinition<TestPayload, TestPayload> {
  return defineJob({ ...options, kind: `test.${kind}`, payload: PAYLOAD });
}
