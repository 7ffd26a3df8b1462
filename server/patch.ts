/**
 * Changes to a resource by PATCH: JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396), and validation errors of their
 * results.
 *
 * @module
 */
export {
  applyJsonPatch,
  jsonEqual,
  JsonPatchError,
  type JsonPatchOperation,
} from "./representation/json_patch.ts";
export { mergePatch } from "./representation/merge_patch.ts";
export { type SchemaError, schemaErrors } from "./strict/schema_errors.ts";
