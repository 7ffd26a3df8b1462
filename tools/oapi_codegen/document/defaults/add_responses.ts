import type { JsonValue } from "@archway/server/operation.ts";
import {
  child,
  entries,
  escapeToken,
  isObject,
  type JsonObject,
  type Located,
  member,
  textMember,
} from "../json_value.ts";
import type { References } from "../references.ts";
import type { Exceptions } from "./exceptions.ts";
import { successResponses } from "./operation_conditions.ts";
import type { Addition, DefaultsRule } from "./operation_defaults.ts";

/** Source of references to components. */
export interface ComponentReferences {
  /** Adds a named component to the document and returns the reference to it for the pointer `at`. */
  refer(group: string, options: { readonly addition: Addition; readonly at: string }): JsonObject;
}

/** Options for adding responses. */
export interface AddResponsesOptions {
  /** Rules whose condition the operation meets. */
  readonly rules: readonly DefaultsRule[];
  readonly exceptions: Exceptions;
  readonly references: References;
  readonly options: ComponentReferences;
}

/**
 * Returns the `responses` of an operation with the default ones. Successful ones get the default headers. An operation
 * without responses, which is rejected elsewhere, stays without.
 */
export function addResponses(operation: Located, adding: AddResponsesOptions): { responses?: JsonObject } {
  const { rules, exceptions, options } = adding;
  const responses = child(operation, "responses");
  if (!isObject(responses?.value)) return {};
  const headers = new Map(
    rules.flatMap((rule) => [...rule.headers]).filter(([name]) => !exceptions.has(name)),
  );
  const found = new Map<string, JsonValue>(Object.entries(responses.value));
  for (const [status, response] of successResponses(operation)) {
    found.set(status, addHeaders(response, { ...adding, headers }));
  }
  for (const [status, addition] of new Map(rules.flatMap((rule) => [...rule.responses]))) {
    if (found.has(status) || exceptions.has(status)) continue;
    found.set(status, options.refer("responses", { addition, at: `${responses.pointer}/${status}` }));
  }
  return { responses: Object.fromEntries(found) };
}

/** Returns a response with its missing headers. Rejects a shared component, which cannot be changed here. */
function addHeaders(
  response: Located,
  { headers, references, options }: AddResponsesOptions & { headers: ReadonlyMap<string, Addition> },
): JsonValue {
  const target = references.follow(response);
  if (target === undefined || !isObject(response.value)) return response.value;
  const names = [...entries(target, "headers")].map(([name]) => name.toLowerCase());
  const missing = [...headers].filter(([name]) => !names.includes(name.toLowerCase()));
  if (missing.length === 0) return response.value;
  if (textMember(response.value, "$ref") !== undefined) {
    references.diagnostics.add(
      response.pointer,
      "The referenced response lacks headers that x-operation-defaults adds: " +
        `${missing.map(([name]) => name).join(", ")}; add them to the component, or exclude them here`,
    );
    return response.value;
  }
  const added = missing.map(([name, addition]): [string, JsonValue] => {
    const at = `${response.pointer}/headers/${escapeToken(name)}`;
    return [name, options.refer("headers", { addition, at })];
  });
  const own = member(response.value, "headers");
  return { ...response.value, headers: { ...isObject(own) ? own : {}, ...Object.fromEntries(added) } };
}
