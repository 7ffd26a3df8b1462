import type { JsonValue } from "@archway/server/operation.ts";
import type { Located } from "../oapi_codegen/document/json_value.ts";
import type { ChangeList } from "./change_list.ts";
import type { Direction } from "./change.ts";
import type { SchemaComparison } from "./schema_comparison.ts";

/** Two versions of a document that are being compared. */
export interface DocumentPair {
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly schemas: SchemaComparison;
  readonly changes: ChangeList;
  /** Date for sunsets, as in 2026-01-31. */
  readonly today: string;
}

/** Two versions of an operation. */
export interface OperationPair extends DocumentPair {
  readonly operation: { readonly before: Located; readonly after: Located };
  readonly path: { readonly before: Located; readonly after: Located };
  /** Method and path. */
  readonly place: string;
  /** Part that the client sends: the response of callbacks and webhooks, whose requests the server sends. */
  readonly clientSends: Direction;
}
