import { unstorableReason } from "../body/unstorable.ts";
import { extendPointer } from "../representation/json_pointer.ts";
import type { ValidationError } from "../operation.ts";
import { errorReason, orList } from "./error_reason.ts";

/** Error found by a validator. */
export interface SchemaError {
  /** JSON Pointer to the value, or to the missing property. */
  readonly pointer: string;
  readonly reason: string;
}

const WRAPPERS: ReadonlySet<string> = new Set(["if", "anyOf", "oneOf", "allOf", "not", "$ref"]);
/**
 * Maximum number of errors to condense: several may be one, and a response lists a hundred. A validator finds one for
 * every unknown property of a large body.
 */
const MAX_EXAMINED = 1_000;
/** Maximum length of an unknown name that is repeated in a response. */
const MAX_MEMBER_LENGTH = 100;

/**
 * Condenses the errors of a validator. Points at missing and unknown properties themselves, omits wrappers such as
 * anyOf whose inner errors are reported, and merges alternative types into one error.
 */
export function schemaErrors(all: readonly ValidationError[]): SchemaError[] {
  const errors = all.length > MAX_EXAMINED ? all.slice(0, MAX_EXAMINED) : all;
  const found: SchemaError[] = [];
  const types = typesByPath(errors);
  const wrong = new Set(types.keys());
  const explained = explainedPaths(errors);
  for (const error of errors) {
    if (WRAPPERS.has(error.keyword) && isExplained(error, explained)) continue;
    // Other errors of a value with a wrong type are consequences.
    if (error.keyword !== "type" && wrong.has(error.instancePath)) continue;
    if (error.keyword === "type") {
      const alternatives = types.get(error.instancePath);
      if (alternatives === undefined) continue;
      types.delete(error.instancePath);
      found.push({
        pointer: error.instancePath,
        reason: `must be ${orList(alternatives, "of a different type")}`,
      });
    } else {
      found.push(toSchemaError(error));
    }
  }
  return found;
}

function toSchemaError(error: ValidationError): SchemaError {
  const { instancePath, params } = error;
  const member = params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"];
  if (typeof member !== "string") return { pointer: instancePath, reason: errorReason(error) };
  if (member.length > MAX_MEMBER_LENGTH || unstorableReason(member) !== undefined) {
    return { pointer: instancePath, reason: "has an unknown property" };
  }
  return { pointer: extendPointer(instancePath, member), reason: errorReason(error) };
}

function isExplained(wrapper: ValidationError, explained: ReadonlySet<string>): boolean {
  // A oneOf with several matches has no inner errors and is the explanation itself.
  return !Array.isArray(wrapper.params["passingSchemas"]) && explained.has(wrapper.instancePath);
}

/** Returns the paths with an error at or below them. */
function explainedPaths(errors: readonly ValidationError[]): Set<string> {
  const paths = new Set<string>();
  for (const { keyword, instancePath } of errors) {
    if (WRAPPERS.has(keyword)) continue;
    let path = instancePath;
    // The ancestors of a known path are known too, so each path is visited once.
    while (!paths.has(path)) {
      paths.add(path);
      path = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
    }
  }
  return paths;
}

function typesByPath(errors: readonly ValidationError[]): Map<string, string[]> {
  const types = new Map<string, string[]>();
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== "type") continue;
    const expected = params["type"];
    const names = Array.isArray(expected) ? expected.map(String) : String(expected).split(",");
    types.set(instancePath, [...new Set([...types.get(instancePath) ?? [], ...names])]);
  }
  return types;
}
