import { isObject, type Located, textMember } from "./json_value.ts";
import type { OperationModel } from "./model.ts";
import type { References } from "./references.ts";
import { ANNOTATIONS, subschemas } from "./schema_walk.ts";

/** Places where the schemas with `format: binary` are used, by pointer. */
export type BinaryUses = ReadonlyMap<string, ReadonlySet<"file" | "text">>;

/**
 * Returns where `format: binary` is used, and warns of it outside files and whole bodies: JSON, parameters, text and
 * url-encoded forms cannot contain bytes.
 */
export function checkBinary(operations: readonly OperationModel[], references: References): BinaryUses {
  const seen = new Set<string>();
  const uses = new Map<string, Set<"file" | "text">>();
  for (const { parameters, body, responses } of operations) {
    for (const { schema } of parameters) visit(schema, { files: false, references, seen, uses });
    for (
      const { codec, schema } of [
        ...body?.content ?? [],
        ...responses.flatMap(({ content }) => content),
      ]
    ) {
      if (schema !== undefined) visit(schema, { files: codec === "multipart", references, seen, uses });
    }
  }
  return uses;
}

function visit(
  schema: Located,
  { files, references, seen, uses }: {
    files: boolean;
    references: References;
    seen: Set<string>;
    uses: Map<string, Set<"file" | "text">>;
  },
): void {
  const key = `${schema.pointer} ${files}`;
  if (seen.has(key)) return;
  seen.add(key);
  const { diagnostics } = references;
  if (textMember(schema.value, "format") === "binary") {
    const places = uses.get(schema.pointer) ?? new Set();
    uses.set(schema.pointer, places.add(files ? "file" : "text"));
    if (!files) {
      diagnostics.warn(
        `${schema.pointer}/format`,
        "The value is text, because only form fields and whole bodies can be bytes; write format: byte for base64 text",
      );
    } else if (isObject(schema.value)) {
      const more = Object.keys(schema.value).find((name) =>
        name !== "type" && name !== "format" && !ANNOTATIONS.includes(name) && !name.startsWith("x-")
      );
      if (more !== undefined) {
        diagnostics.add(
          `${schema.pointer}/${more}`,
          "A file supports only format: binary; remove this keyword",
        );
      }
    }
  }
  const ref = textMember(schema.value, "$ref");
  const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
  const target = pointer === undefined ? undefined : references.at(pointer);
  if (target !== undefined) visit(target, { files, references, seen, uses });
  for (const [, inner] of subschemas(schema)) visit(inner, { files, references, seen, uses });
}
