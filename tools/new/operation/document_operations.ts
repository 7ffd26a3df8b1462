import type { DocumentText } from "../document_text.ts";
import { formOf } from "./operation_line.ts";

/** An operation of a document that exists. */
export interface DocumentOperation {
  readonly path: string;
  /** In capitals. */
  readonly method: string;
  readonly id: string;
}

/** A Parameter Object, or a reference to one, as a document writes it. */
export type ParameterValue = Readonly<Record<string, unknown>>;

const METHODS = ["get", "put", "post", "delete", "patch", "options", "head", "trace", "query"];

const DEFAULTS = "x-operation-defaults";

/** Returns the operations of a document. */
export function operationsOf(document: DocumentText): readonly DocumentOperation[] {
  return (document.keys("paths") ?? []).flatMap((path) =>
    (document.keys("paths", path) ?? []).filter((key) => METHODS.includes(key)).map((method) => ({
      path,
      method: method.toUpperCase(),
      id: String(document.value("paths", path, method, "operationId") ?? ""),
    }))
  );
}

/** Returns the parameters of an operation, with those of its path, by name. */
export function parametersOf(
  { path, method }: DocumentOperation,
  { document, commons }: Documents,
): ReadonlyMap<string, ParameterValue> {
  const lists = [
    document.value("paths", path, "parameters"),
    document.value("paths", path, method.toLowerCase(), "parameters"),
  ];
  return new Map<string, ParameterValue>(
    lists.flatMap((list) => Array.isArray(list) ? list : []).flatMap((value: unknown) =>
      value instanceof Object ? [[nameOf(value, { document, commons }), { ...value }]] : []
    ),
  );
}

/** A document, and the one of the components that all documents share. */
export interface Documents {
  readonly document: DocumentText;
  readonly commons: DocumentText;
}

/** Returns the name of a parameter of the path at each place where the document has one, by the form of the path up to it. */
export function pathParameterNames(
  operations: readonly DocumentOperation[],
): ReadonlyMap<string, { readonly name: string; readonly of: DocumentOperation }> {
  const names = new Map<string, { readonly name: string; readonly of: DocumentOperation }>();
  for (const operation of operations) {
    for (const match of operation.path.matchAll(/\{([^{}]*)\}/g)) {
      const form = formOf(operation.path.slice(0, match.index + match[0].length));
      if (!names.has(form)) names.set(form, { name: match[1] ?? "", of: operation });
    }
  }
  return names;
}

function nameOf(value: object, { document, commons }: Documents): string {
  const reference: unknown = Reflect.get(value, "$ref");
  if (typeof reference !== "string") return String(Reflect.get(value, "name"));
  const [file, pointer = ""] = reference.split("#");
  const target = (file === "" ? document : commons).value(...pointer.split("/").slice(1));
  return target instanceof Object && reference !== "" ? nameOf(target, { document, commons }) : "";
}

/** Returns the scopes that the operations of a document require. */
export function scopesOf(document: DocumentText): readonly string[] {
  const scopes = operationsOf(document).flatMap(({ path, method }) => {
    const security = document.value("paths", path, method.toLowerCase(), "security");
    return Array.isArray(security)
      ? security.flatMap((one: unknown) => Object.values(Object(one)).flat())
      : [];
  });
  return [...new Set(scopes.map(String))];
}

/** Returns the names of the defaults by which the GET operations of a document have a version. */
export function versionDefaults({ document, commons }: Documents): readonly string[] {
  const rules = document.value(DEFAULTS);
  const source = rules instanceof Object && "$ref" in rules ? commons : document;
  const headers = source.value(DEFAULTS, "reads", "headers");
  const parameters = source.value(DEFAULTS, "reads", "parameters");
  const names = Array.isArray(parameters) ? parameters.map(String) : [];
  const hasCondition = names.some((name) =>
    [document, commons].some((one) => one.value("components", "parameters", name, "name") === "If-None-Match")
  );
  return [
    ...headers instanceof Object && "ETag" in headers ? ["ETag"] : [],
    ...hasCondition ? ["If-None-Match"] : [],
  ];
}
