import type { JsonValue } from "@archway/server/operation.ts";
import { child, entries, isArray, isObject, type JsonObject, type Located, member } from "../json_value.ts";
import type { References } from "../references.ts";
import { addResponses, type ComponentReferences } from "./add_responses.ts";
import { Exceptions } from "./exceptions.ts";
import {
  isSameParameter,
  meetsCondition,
  type ParameterName,
  parameterNames,
} from "./operation_conditions.ts";
import type { Addition, DefaultsRule } from "./operation_defaults.ts";

const FIELD = "x-operation-defaults";
const METHODS = ["get", "put", "post", "delete", "patch", "query"];

/** Options for adding defaults to a document. */
export interface AddDefaultsOptions extends ComponentReferences {
  readonly rules: readonly DefaultsRule[];
  /** Returns the name of the parameter that an addition refers to. */
  parameterOf(addition: Addition): ParameterName;
}

/**
 * Adds the defaults to each operation of a document and removes every `x-operation-defaults`. Skips what an operation
 * defines or excludes. Adds diagnostics for defaults that cannot be applied.
 */
export function addOperationDefaults(references: References, options: AddDefaultsOptions): JsonObject {
  const { [FIELD]: _, ...document } = isObject(references.root) ? references.root : {};
  const addToPaths = (paths: Located): JsonValue =>
    mapMembers(
      paths,
      (item) =>
        mapMembers(item, (operation, method) =>
          METHODS.includes(method) && isObject(operation.value)
            ? addTo({ ...operation, value: operation.value }, { method, item, references, options })
            : operation.value),
    );
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => {
      const pointer = `/${key}`;
      if (key === "paths") return [key, addToPaths({ value, pointer })];
      const pathItems = key === "components" ? child({ value, pointer }, "pathItems") : undefined;
      if (pathItems === undefined || !isObject(value)) return [key, value];
      return [key, { ...value, pathItems: addToPaths(pathItems) }];
    }),
  );
}

function addTo(
  operation: Located<JsonObject>,
  { method, item, references, options }: {
    method: string;
    item: Located;
    references: References;
    options: AddDefaultsOptions;
  },
): JsonObject {
  const { [FIELD]: setting, ...own } = operation.value;
  if (setting === false) return own;
  const exceptions = new Exceptions(child(operation, FIELD), references.diagnostics);
  const rulesWith = (parameters: readonly ParameterName[]): readonly DefaultsRule[] =>
    options.rules.filter(({ condition }) =>
      meetsCondition(operation, { condition, method, parameters, references })
    );
  const names = [...parameterNames([item, operation], references)];
  const list = member(own, "parameters");
  const parameters = isArray(list) ? [...list] : [];
  for (const addition of rulesWith(names).flatMap((rule) => rule.parameters)) {
    const name = options.parameterOf(addition);
    if (names.some((other) => isSameParameter(other, name)) || exceptions.has(name.name)) continue;
    names.push(name);
    const at = `${operation.pointer}/parameters/${parameters.length}`;
    parameters.push(options.refer("parameters", { addition, at }));
  }
  const result = {
    ...own,
    ...parameters.length === 0 ? {} : { parameters },
    ...addResponses(operation, { rules: rulesWith(names), exceptions, references, options }),
  };
  exceptions.refuseUnused();
  return result;
}

/** Returns an object with replaced members; any other value unchanged. */
function mapMembers(parent: Located, replace: (item: Located, key: string) => JsonValue): JsonValue {
  if (!isObject(parent.value)) return parent.value;
  return Object.fromEntries([...entries(parent)].map(([key, item]) => [key, replace(item, key)]));
}
