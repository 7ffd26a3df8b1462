import { entries, type Located } from "../document/json_value.ts";
import type { OperationModel } from "../operations/model.ts";
import type { References } from "../document/references.ts";

/** Yields every component schema, used or not, and every inline schema of the operations. */
export function* documentSchemas(
  operations: readonly OperationModel[],
  references: References,
): Generator<Located> {
  const components = references.at("/components/schemas");
  if (components !== undefined) { for (const [, schema] of entries(components)) yield schema; }
  for (const { parameters, body, responses } of operations) {
    for (const { schema } of parameters) yield schema;
    for (
      const { schema, sources } of [...body?.content ?? [], ...responses.flatMap(({ content }) => content)]
    ) {
      if (sources !== undefined) yield* sources;
      else if (schema !== undefined) yield schema;
    }
    for (const { schema } of responses.flatMap(({ headers }) => headers)) {
      if (schema !== undefined) yield schema;
    }
  }
}
