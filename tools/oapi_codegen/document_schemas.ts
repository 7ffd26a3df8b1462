import { entries, type Located } from "./json_value.ts";
import type { OperationModel } from "./model.ts";
import type { References } from "./references.ts";
import { checkSchema } from "./schema_rules.ts";

/** Checks every component schema, used or not, and every schema that an operation writes in place. */
export function checkSchemas(operations: readonly OperationModel[], references: References): void {
  for (const schema of allSchemas(operations, references)) checkSchema(schema, references);
}

function* allSchemas(operations: readonly OperationModel[], references: References): Generator<Located> {
  const components = references.at("/components/schemas");
  if (components !== undefined) { for (const [, schema] of entries(components)) yield schema; }
  for (const { parameters, body, responses } of operations) {
    for (const { schema } of parameters) yield schema;
    for (const { schema } of [...body?.content ?? [], ...responses.flatMap(({ content }) => content)]) {
      if (schema !== undefined) yield schema;
    }
    for (const { headers } of responses) for (const { schema } of headers) yield schema;
  }
}
