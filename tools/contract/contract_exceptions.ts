import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { isArray, isObject, member, textMember } from "../oapi_codegen/document/json_value.ts";
import { parseYaml } from "../oapi_codegen/syntax/parse_yaml.ts";
import type { Change } from "./change.ts";

/** File of the intended breaking changes, beside the documents. */
export const EXCEPTIONS_FILE = "contract-exceptions.yaml";

const FIELDS = ["document", "at", "change", "reason"];

/** Breaking change that is intended. */
export interface ContractException {
  /** File name of the document. */
  readonly document: string;
  /** JSON Pointer of the change. */
  readonly at: string;
  /** Description of the change; undefined for every one at the pointer. */
  readonly change: string | undefined;
  readonly reason: string;
  /** `file:line` of the entry. */
  readonly place: string;
}

/**
 * Parses the list of intended breaking changes.
 *
 * @throws {GenerationError} with the errors of all entries
 */
export function parseExceptions(text: string, file: string): readonly ContractException[] {
  const diagnostics = new DiagnosticList(file);
  const value = parseYaml(text, diagnostics) ?? [];
  diagnostics.throwIfAny();
  if (!isArray(value)) {
    diagnostics.add("", "Expected a list of entries with the fields document, at and reason");
    return diagnostics.throw();
  }
  const entries = value.map((entry, index) => readEntry(entry, { at: `/${index}`, diagnostics }));
  diagnostics.throwIfAny();
  return entries;
}

function readEntry(
  entry: JsonValue,
  { at, diagnostics }: { readonly at: string; readonly diagnostics: DiagnosticList },
): ContractException {
  if (!isObject(entry)) diagnostics.add(at, "Expected the fields document, at and reason");
  for (const field of isObject(entry) ? Object.keys(entry) : []) {
    if (!FIELDS.includes(field)) {
      diagnostics.add(`${at}/${field}`, `Unknown field; the fields are ${FIELDS.join(", ")}`);
    }
  }
  const required = (field: string): string => {
    const text = textMember(entry, field);
    if (isObject(entry) && (text === undefined || text.trim() === "")) {
      diagnostics.add(
        member(entry, field) === undefined ? at : `${at}/${field}`,
        `Expected text for ${field}`,
      );
    }
    return text ?? "";
  };
  const { file, line } = diagnostics.locate(at);
  return {
    document: required("document"),
    at: required("at"),
    change: textMember(entry, "change"),
    reason: required("reason"),
    place: `${file}:${line ?? 1}`,
  };
}

/** Returns the entry for a breaking change of a document; undefined if there is none. */
export function exceptionFor(
  change: Change,
  { document, exceptions }: { readonly document: string; readonly exceptions: readonly ContractException[] },
): ContractException | undefined {
  return exceptions.find((entry) =>
    entry.document === document && entry.at === change.pointer &&
    (entry.change === undefined || entry.change === change.message)
  );
}
