import { tableExport } from "@archway/service_kit/table_export.ts";

/** Data set of profiles. It has no personal data, as files outlive the erasure of a person. */
export const PROFILE_EXPORT = tableExport({
  name: "profiles",
  description: "one row for each profile, deleted ones included, without personal data",
  table: "profiles",
  columns: {
    id: { type: "uuid", description: "id of the profile" },
    version: { type: "int64", description: "version, which grows with each change" },
    created_at: { type: "timestamp", description: "time of creation" },
    updated_at: { type: "timestamp", description: "time of the last change" },
    deleted_at: { type: "timestamp", description: "time of deletion" },
  },
});
