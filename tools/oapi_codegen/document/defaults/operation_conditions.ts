import { child, elements, entries, isArray, type Located, member, textMember } from "../json_value.ts";
import type { References } from "../references.ts";
import type { DefaultsRule } from "./operation_defaults.ts";

/** Name and location of a parameter. */
export interface ParameterName {
  readonly name: string;
  readonly in: string;
}

/** Returns the names of the parameters of an operation and its path, with references resolved. */
export function parameterNames(levels: readonly Located[], references: References): readonly ParameterName[] {
  return levels.flatMap((level) => [...elements(level, "parameters")]).flatMap((element) => {
    const value = references.follow(element)?.value;
    const name = textMember(value, "name");
    const location = textMember(value, "in");
    return name === undefined || location === undefined ? [] : [{ name, in: location }];
  });
}

/** Whether two parameters are the same; header names are case-insensitive. */
export function isSameParameter(left: ParameterName, right: ParameterName): boolean {
  if (left.in !== right.in) return false;
  return left.name === right.name ||
    left.in === "header" && left.name.toLowerCase() === right.name.toLowerCase();
}

/** Input for evaluating the conditions of rules. */
export interface ConditionOptions {
  readonly method: string;
  readonly parameters: readonly ParameterName[];
  readonly references: References;
}

/** Whether an operation meets the condition of a rule. */
export function meetsCondition(
  operation: Located,
  { condition, method, parameters, references }: ConditionOptions & Pick<DefaultsRule, "condition">,
): boolean {
  if (typeof condition === "object") {
    const { parameter } = condition;
    return parameters.some((other) => isSameParameter({ name: parameter, in: other.in }, other));
  }
  switch (condition) {
    case "every-operation":
      return true;
    case "reads":
      return method === "get";
    case "writes":
      return method !== "get" && method !== "query";
    case "with-security": {
      const security = member(operation.value, "security") ?? member(references.root, "security");
      return isArray(security) && security.length > 0;
    }
    case "with-path-parameter":
      return parameters.some((parameter) => parameter.in === "path");
    case "with-request-body":
      return member(operation.value, "requestBody") !== undefined;
    case "with-response-body":
      return successResponses(operation).some(([, response]) => {
        const content = child(references.follow(response) ?? response, "content");
        return content !== undefined && [...entries(content)].length > 0;
      });
  }
}

/** Returns the responses of an operation with status 200 to 299. */
export function successResponses(operation: Located): readonly (readonly [string, Located])[] {
  return [...entries(operation, "responses")].filter(([status]) => /^2\d\d$/.test(status));
}
