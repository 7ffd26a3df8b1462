import { unstorableReason } from "../body/unstorable.ts";
import { extendPointer } from "../representation/json_pointer.ts";
import type { ValidationError } from "../operation.ts";
import { errorReason, orList } from "./error_reason.ts";

/** A fault that a validator found: where, and what is wrong. */
export interface SchemaError {
  /** JSON Pointer to the value, or to where it is missing. */
  readonly pointer: string;
  readonly reason: string;
}

const WRAPPERS: ReadonlySet<string> = new Set(["if", "anyOf", "oneOf", "allOf", "not", "$ref"]);
/** Longer names of unknown members are not repeated in an answer. */
const MAX_MEMBER_LENGTH = 100;

/**
 * Tidies what a validator reports: missing and unknown members are pointed at themselves, what only says that an inner
 * rule was broken is dropped where the inner rule is there, and alternative types are told in one sentence.
 */
export function schemaErrors(errors: readonly ValidationError[]): SchemaError[] {
  const found: SchemaError[] = [];
  const types = typesByPath(errors);
  const wrong = new Set(types.keys());
  const explained = explainedPaths(errors);
  for (const error of errors) {
    if (WRAPPERS.has(error.keyword) && isExplained(error, explained)) continue;
    // What is of the wrong type breaks other rules only by that.
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
  // oneOf that more than one alternative matched has no inner errors: it is the explanation itself.
  return !Array.isArray(wrapper.params["passingSchemas"]) && explained.has(wrapper.instancePath);
}

/** Every place at or below which an error tells what is wrong. */
function explainedPaths(errors: readonly ValidationError[]): Set<string> {
  const paths = new Set<string>();
  for (const { keyword, instancePath } of errors) {
    if (WRAPPERS.has(keyword)) continue;
    let path = instancePath;
    // What is above a known place is known too, so each place is walked through once.
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
    const given = params["type"];
    const names = Array.isArray(given) ? given.map(String) : String(given).split(",");
    types.set(instancePath, [...new Set([...types.get(instancePath) ?? [], ...names])]);
  }
  return types;
}
