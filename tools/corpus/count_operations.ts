import type { Diagnostic } from "../oapi_codegen/diagnostics.ts";
import type { MediaModel, OperationModel } from "../oapi_codegen/model.ts";
import { child, elements, entries, type Located, member, textMember } from "../oapi_codegen/json_value.ts";
import type { References } from "../oapi_codegen/references.ts";
import type { OperationCounts } from "./document_report.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Counts the operations of a document, and those whose parameters and bodies all have the types of their schemas. */
export function countOperations(
  references: References,
  { models, version, warnings }: {
    readonly models: readonly OperationModel[];
    readonly version: string;
    /** Warnings, which have the reasons for operations that are left out. */
    readonly warnings: readonly Diagnostic[];
  },
): OperationCounts {
  const byPointer = new Map(models.map((model) => [model.pointer, model]));
  const untyped: { operation: string; parts: readonly string[] }[] = [];
  let operations = 0;
  let typed = 0;
  let isDefault = false;
  const root = { value: references.root, pointer: "" };
  for (const [path, written] of entries(root, "paths")) {
    const item = path.startsWith("x-") ? undefined : references.follow(written);
    for (const [method, operation] of item === undefined ? [] : operationsOf(item)) {
      operations += 1;
      isDefault ||= child(operation, "security") === undefined && child(root, "security") === undefined;
      const model = byPointer.get(operation.pointer);
      // The handler of GET serves HEAD, too.
      const isServed = method === "head" && item !== undefined && child(item, "get") !== undefined;
      const parts = isServed
        ? []
        : model === undefined
        ? [`not generated: ${reasonOf([operation, written], warnings)}`]
        : untypedParts(operation, { model, item: item ?? operation, references });
      if (parts.length === 0) typed += 1;
      else untyped.push({ operation: `${method.toUpperCase()} ${path}`, parts });
    }
  }
  return { version, operations, typed, untyped, defaultSecurity: isDefault };
}

/** Returns the message of the warning about an operation, or about its path. */
function reasonOf(places: readonly Located[], warnings: readonly Diagnostic[]): string {
  const found = places.map(({ pointer }) => warnings.find(({ at }) => at === pointer));
  return found.find((warning) => warning !== undefined)?.message ?? "no reason was reported";
}

/** Yields the operations of a path item by method, including those of 3.2 with other methods. */
function* operationsOf(item: Located): Generator<readonly [string, Located]> {
  for (const [key, operation] of entries(item)) if (METHODS.includes(key)) yield [key, operation];
  yield* entries(item, "additionalOperations");
}

interface Parts {
  readonly model: OperationModel;
  readonly item: Located;
  readonly references: References;
}

/** Returns the parts of an operation with a schema in the document and without its type in the generated code. */
function untypedParts(operation: Located, { model, item, references }: Parts): readonly string[] {
  const found: string[] = [];
  const names = new Set(
    model.parameters.map(({ name, in: location }) => `${location} ${name.toLowerCase()}`),
  );
  for (const written of [...elements(item, "parameters"), ...elements(operation, "parameters")]) {
    const parameter = references.follow(written);
    const location = textMember(parameter?.value, "in") ?? "";
    const name = (textMember(parameter?.value, "name") ?? "").toLowerCase();
    // OpenAPI ignores these (3.1, section 4.8.12.2).
    if (location === "header" && ["accept", "content-type", "authorization"].includes(name)) continue;
    if (!names.has(`${location} ${name}`)) found.push(`${location} parameter ${name}`);
  }
  const body = child(operation, "requestBody");
  if (body !== undefined && model.method !== "GET") {
    found.push(
      ...untypedMedia(references.follow(body), { media: model.body?.content ?? [], references })
        .map((mediaType) => `request body ${mediaType}`),
    );
  }
  for (const [status, written] of entries(operation, "responses")) {
    const response = model.responses.find((candidate) => String(candidate.status) === status);
    if (response === undefined) continue;
    const missing = untypedMedia(references.follow(written), { media: response.content, references });
    found.push(...missing.map((mediaType) => `response ${mediaType}`));
  }
  return found;
}

function untypedMedia(
  owner: Located | undefined,
  { media, references }: { readonly media: readonly MediaModel[]; readonly references: References },
): readonly string[] {
  if (owner === undefined) return [];
  return [...entries(owner, "content")].flatMap(([written, content]) => {
    const schema = child(content, "schema") ?? child(content, "itemSchema");
    const target = schema === undefined ? undefined : references.follow(schema)?.value;
    const found = media.find(({ mediaType }) => mediaType === written.toLowerCase());
    if (found === undefined) return [written];
    const isText = member(target, "type") === "string";
    return target === undefined || isText || found.schema !== undefined ? [] : [written];
  });
}
