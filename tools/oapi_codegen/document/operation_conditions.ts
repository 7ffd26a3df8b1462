import { child, elements, entries, isArray, type Located, member, textMember } from "../json_value.ts";
import type { References } from "../references.ts";
import type { DefaultsRule } from "./operation_defaults.ts";

/** The name and location of a parameter. */
export interface ParameterName {
  readonly name: string;
  readonly in: string;
}

/** The parameters that an operation or its path has, by what they refer to. */
export function parameterNames(levels: readonly Located[], references: References): readonly ParameterName[] {
  return levels.flatMap((level) => [...elements(level, "parameters")]).flatMap((element) => {
    const value = references.follow(element)?.value;
    const name = textMember(value, "name");
    const location = textMember(value, "in");
    return name === undefined || location === undefined ? [] : [{ name, in: location }];
  });
}

/** Whether two parameters are the same; the names of headers are compared without case. */
export function isSameParameter(left: ParameterName, right: ParameterName): boolean {
  if (left.in !== right.in) return false;
  return left.name === right.name ||
    left.in === "header" && left.name.toLowerCase() === right.name.toLowerCase();
}

/** What the conditions of rules are judged by. */
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
      return method !== "get";
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

/** The responses of an operation whose status is 200 to 299, by status. */
export function successResponses(operation: Located): readonly (readonly [string, Located])[] {
  return [...entries(operation, "responses")].filter(([status]) => /^2\d\d$/.test(status));
}
