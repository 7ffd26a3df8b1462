import type { Diagnostic } from "../oapi_codegen/diagnostics/diagnostics.ts";
import type { MediaModel, OperationModel } from "../oapi_codegen/operations/model.ts";
import {
  child,
  elements,
  entries,
  type Located,
  member,
  textMember,
} from "../oapi_codegen/document/json_value.ts";
import type { References } from "../oapi_codegen/document/references.ts";
import type { OperationCounts, OperationParts } from "./document_report.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/**
 * Counts the operations of a document, and those whose parameters and bodies all have the types of their schemas. XML and
 * others whose schemas describe no text are texts by design, which is their type.
 */
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
  const untyped: OperationParts[] = [];
  const texts: OperationParts[] = [];
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
      const found: UntypedParts = isServed
        ? { missing: [], texts: [] }
        : model === undefined
        ? { missing: [`not generated: ${reasonOf([operation, written], warnings)}`], texts: [] }
        : untypedParts(operation, { model, item: item ?? operation, references });
      const name = `${method.toUpperCase()} ${path}`;
      if (found.missing.length === 0) typed += 1;
      else untyped.push({ operation: name, parts: found.missing });
      if (found.texts.length > 0) texts.push({ operation: name, parts: found.texts });
    }
  }
  return { version, operations, typed, untyped, texts, defaultSecurity: isDefault };
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

/** Parts of an operation with a schema in the document and without its type in the generated code. */
interface UntypedParts {
  readonly missing: readonly string[];
  /** Bodies that are texts by design. */
  readonly texts: readonly string[];
}

function untypedParts(operation: Located, { model, item, references }: Parts): UntypedParts {
  const missing = missingParameters(operation, { model, item, references });
  const texts: string[] = [];
  const addMedia = (
    part: string,
    { owner, media }: { owner: Located | undefined; media: readonly MediaModel[] },
  ): void => {
    for (const { mediaType, isText } of untypedMedia(owner, { media, references })) {
      (isText ? texts : missing).push(`${part} ${mediaType}`);
    }
  };
  const body = child(operation, "requestBody");
  if (body !== undefined && model.method !== "GET") {
    addMedia("request body", { owner: references.follow(body), media: model.body?.content ?? [] });
  }
  for (const [status, written] of entries(operation, "responses")) {
    const response = model.responses.find((candidate) => String(candidate.status) === status);
    if (response === undefined) continue;
    addMedia("response", { owner: references.follow(written), media: response.content });
  }
  return { missing, texts };
}

function missingParameters(operation: Located, { model, item, references }: Parts): string[] {
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
  return found;
}

function untypedMedia(
  owner: Located | undefined,
  { media, references }: { readonly media: readonly MediaModel[]; readonly references: References },
): readonly { readonly mediaType: string; readonly isText: boolean }[] {
  if (owner === undefined) return [];
  return [...entries(owner, "content")].flatMap(([mediaType, content]) => {
    const schema = child(content, "schema") ?? child(content, "itemSchema");
    const target = schema === undefined ? undefined : references.follow(schema)?.value;
    const found = media.find((candidate) => candidate.mediaType === mediaType.toLowerCase());
    if (found === undefined) return [{ mediaType, isText: false }];
    const isTyped = target === undefined || found.schema !== undefined || member(target, "type") === "string";
    return isTyped ? [] : [{ mediaType, isText: found.codec === "text" }];
  });
}
