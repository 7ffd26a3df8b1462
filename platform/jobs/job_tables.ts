import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";

/** Tables of jobs, with their personal data. */
export const JOB_TABLES: readonly TableDeclaration[] = [
  {
    table: "jobs",
    personal: ["payload", "last_error"],
    retention: { rule: "until the job has succeeded; failed ones until an operator discards them" },
    erasure: "nothing: payloads have ids, not what they name",
  },
  { table: "schedules", personal: [], retention: { rule: "while a service lists the schedule" } },
];
