import { isObject, type Located, textMember } from "./json_value.ts";
import type { OperationModel } from "./model.ts";
import type { References } from "./references.ts";
import { ANNOTATIONS, subschemas } from "./schema_walk.ts";

/**
 * Rejects `format: binary` outside files and whole bodies. It has no meaning in parameters, JSON, text and url-encoded
 * forms.
 */
export function checkBinary(operations: readonly OperationModel[], references: References): void {
  const seen = new Set<string>();
  for (const { parameters, body, responses } of operations) {
    for (const { schema } of parameters) visit(schema, { files: false, references, seen });
    for (
      const { codec, schema } of [
        ...body?.content ?? [],
        ...responses.flatMap(({ content }) => content),
      ]
    ) {
      if (schema !== undefined) visit(schema, { files: codec === "multipart", references, seen });
    }
  }
}

function visit(
  schema: Located,
  { files, references, seen }: { files: boolean; references: References; seen: Set<string> },
): void {
  const key = `${schema.pointer} ${files}`;
  if (seen.has(key)) return;
  seen.add(key);
  const { diagnostics } = references;
  if (textMember(schema.value, "format") === "binary") {
    if (!files) {
      diagnostics.add(
        `${schema.pointer}/format`,
        "Only multipart/form-data fields and whole bodies are binary; elsewhere use type: string with format: byte",
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
  if (target !== undefined) visit(target, { files, references, seen });
  for (const [, inner] of subschemas(schema)) visit(inner, { files, references, seen });
}
