import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

/** Tables of jobs, with their personal data. */
export const JOB_TABLES: readonly TableDeclaration[] = [
  {
    table: "jobs",
    personal: ["payload", "last_error"],
    retention: {
      setting: "JOBS_RETENTION",
      rule: "after the last attempt has failed; no longer once one succeeds",
    },
    erasure: "nothing: payloads have ids, not what they name",
  },
  { table: "schedules", personal: [], retention: { rule: "while a service lists the schedule" } },
];
