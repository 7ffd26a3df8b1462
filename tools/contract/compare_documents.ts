import type { JsonValue } from "@archway/server/operation.ts";
import type { Change } from "./change.ts";
import { ChangeList } from "./change_list.ts";
import { comparePaths } from "./compare_paths.ts";
import { compareSchemes } from "./compare_schemes.ts";
import { compareServers } from "./compare_servers.ts";
import { SchemaComparison } from "./schema_comparison.ts";

/** Versions of a document: bundled, and upgraded to OpenAPI 3.1. */
export interface Versions {
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** Date for sunsets, as in 2026-01-31. */
  readonly today: string;
}

/** Returns the changes between two versions of a document, the worst first. */
export function compareDocuments({ before, after, today }: Versions): readonly Change[] {
  const changes = new ChangeList();
  const pair = { before, after, schemas: new SchemaComparison(before, after), changes, today };
  comparePaths(pair, { key: "paths", clientSends: "request" });
  comparePaths(pair, { key: "webhooks", clientSends: "response" });
  compareSchemes(pair);
  compareServers(pair, { before: { value: before, pointer: "" }, after: { value: after, pointer: "" } });
  return changes.changes;
}
