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
import type { AddDefaultsOptions } from "./add_operation_defaults.ts";
import type { Exceptions } from "./exceptions.ts";
import { successResponses } from "./operation_conditions.ts";
import type { Addition, DefaultsRule } from "./operation_defaults.ts";

/** What responses are added with. */
export interface AddResponsesOptions {
  /** The rules whose condition the operation meets. */
  readonly rules: readonly DefaultsRule[];
  readonly exceptions: Exceptions;
  readonly references: References;
  readonly options: Pick<AddDefaultsOptions, "refer">;
}

/**
 * The `responses` of an operation with those of its defaults, and with their headers in the ones of success. An
 * operation without responses, which is a diagnostic, stays without.
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

/** A response with those headers that it lacks. One that others use too is refused, for it cannot be changed here. */
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
      "The response lacks what x-operation-defaults add to one that is written here: the header " +
        `${missing.map(([name]) => name).join(", ")}; add it to the component, or except it here`,
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
