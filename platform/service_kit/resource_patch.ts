import type { JsonValue, Validator } from "@archway/server/operation.ts";
import {
  applyJsonPatch,
  jsonEqual,
  JsonPatchError,
  type JsonPatchOperation,
  mergePatch,
  schemaErrors,
} from "@archway/server/patch.ts";
import { DomainError, type FieldError, invalidError } from "./domain_error.ts";

/** Body of a PATCH request: a JSON Patch (RFC 6902) or a JSON Merge Patch (RFC 7396). */
export type PatchBody =
  | { readonly contentType: "application/json-patch+json"; readonly body: readonly JsonPatchOperation[] }
  | {
    readonly contentType: "application/merge-patch+json" | "application/json";
    readonly body: JsonObject;
  };

/** Options for {@link resourcePatch}. */
export interface ResourcePatchOptions {
  /** Name of the resource in its problem types, e.g. "profile". */
  readonly resource: string;
  /** Properties that clients can read but not change. */
  readonly readOnly: readonly string[];
  /** Validator of the body of PUT, which a patched resource must satisfy too. */
  readonly validate: Validator;
}

type JsonObject = { readonly [name: string]: JsonValue };

/**
 * Returns a function that applies a patch to a resource's JSON and returns the new input. It throws
 * {@link DomainError} "patch-failed" if an operation cannot be applied, and "invalid-…" if the result is invalid.
 *
 * @typeParam Input Body of PUT, which the validator accepts.
 */
export function resourcePatch<Input>(
  { resource, readOnly, validate }: ResourcePatchOptions,
): (current: JsonObject, patch: PatchBody) => Input {
  const isInput = (value: unknown): value is Input => validate(value);

  return (current, patch) => {
    const input = patch.contentType === "application/json-patch+json"
      ? withoutReadOnly(current, applied(current, patch.body))
      // Members that the patch does not mention stay, including those that later API versions add.
      : mergePatch(omit(current, readOnly), patch.body);
    if (isInput(input)) return input;
    throw invalidError(
      resource,
      schemaErrors(validate.errors ?? []).map(({ pointer, reason }) => ({ field: pointer, reason })),
    );
  };

  function withoutReadOnly(before: JsonObject, after: JsonValue): JsonValue {
    if (!isObject(after)) throw invalidError(resource, [{ field: "", reason: "must be an object" }]);
    const fieldErrors: FieldError[] = readOnly.filter((name) => !jsonEqual(after[name], before[name]))
      .map((name) => ({ field: `/${name}`, reason: "is read-only" }));
    if (fieldErrors.length > 0) throw invalidError(resource, fieldErrors);
    return omit(after, readOnly);
  }
}

function applied(current: JsonValue, patch: readonly JsonPatchOperation[]): JsonValue {
  try {
    return applyJsonPatch(current, patch);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    const fieldErrors = [{ field: `/${error.index}`, reason: error.reason }];
    throw new DomainError("patch-failed", { fieldErrors, cause: error });
  }
}

function omit(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
