import { isBinary } from "./binary_schema.ts";
import { isObject, type Located, textMember } from "../document/json_value.ts";
import type { OperationModel } from "../operations/model.ts";
import type { References } from "../document/references.ts";
import { ANNOTATIONS, subschemas } from "../schemas/schema_walk.ts";

/** Places where the schemas of bytes are used, by pointer: as files of forms, or as text. */
export type BinaryUses = ReadonlyMap<string, ReadonlySet<"file" | "text">>;

/**
 * Returns where schemas of bytes are used, and warns of `format: binary` outside files and whole bodies: JSON, parameters,
 * text and url-encoded forms cannot contain bytes.
 */
export function checkBinary(operations: readonly OperationModel[], references: References): BinaryUses {
  const uses = new Map<string, Set<"file" | "text">>();
  for (const { body } of operations) {
    for (const pointer of body?.content.flatMap(({ files }) => files) ?? []) {
      uses.set(pointer, new Set(["file"]));
    }
  }
  const seen = new Set<string>();
  const visit = (schema: Located, inForm: boolean): void => {
    const key = `${schema.pointer} ${inForm}`;
    if (seen.has(key)) return;
    seen.add(key);
    const places = uses.get(schema.pointer);
    if (inForm && places?.has("file") === true) {
      warnOfRules(schema, references);
      return;
    }
    if (textMember(schema.value, "format") === "binary") {
      uses.set(schema.pointer, (places ?? new Set()).add("text"));
      references.diagnostics.warn(
        `${schema.pointer}/format`,
        "The value is text, because only form fields and whole bodies can be bytes; write format: byte for base64 text",
      );
    } else places?.add("text");
    const ref = textMember(schema.value, "$ref");
    const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
    const target = pointer === undefined ? undefined : references.at(pointer);
    if (target !== undefined) visit(target, inForm);
    for (const [, inner] of subschemas(schema)) visit(inner, inForm);
  };
  for (const { parameters, body, responses } of operations) {
    for (const { schema } of parameters) visit(schema, false);
    const contents = [body?.content ?? [], ...responses.map(({ content }) => content)].flat();
    for (const { codec, schema } of contents) {
      if (schema !== undefined) visit(schema, codec === "multipart");
    }
  }
  return uses;
}

/** Warns of keywords of a text, which do not apply to a file. */
function warnOfRules({ value, pointer }: Located, { diagnostics }: References): void {
  if (!isObject(value) || !isBinary(value)) return;
  const known = ["type", "format", "contentEncoding", "contentMediaType", ...ANNOTATIONS];
  for (const name of Object.keys(value)) {
    if (!known.includes(name) && !name.startsWith("x-")) {
      diagnostics.warn(`${pointer}/${name}`, "The keyword does not apply to a file");
    }
  }
}
