import type { Collection } from "./collection.ts";
import { servedOperations, type ServicePlan } from "./plan_service.ts";

/** Returns what was decided for a document: its tables, and the operations that are left to the team. */
export function planReport({ collections, left }: ServicePlan, notes: readonly string[]): string {
  const decided = notes.length === 0 ? "" : `Decided:\n${notes.map((note) => `  ${note}\n`).join("")}\n`;
  const tables = collections.length === 0
    ? "Tables: none; the document has no collection that clients create items in and read them from\n"
    : `Tables:\n${collections.map(tableReport).join("")}`;
  const unwritten = left.map(({ operation: { method, path, operationId }, reason }) =>
    `  ${method} ${path} (${operationId}): ${reason}\n`
  );
  return `${decided}${tables}${
    left.length === 0 ? "" : `\nTo write, 501 until then (http/unwritten.ts):\n${unwritten.join("")}`
  }`;
}

function tableReport(collection: Collection): string {
  const { names: { plural }, path, columns, notes, isOwned } = collection;
  const operations = servedOperations(collection).map(({ operationId }) => operationId).join(", ");
  const access = isOwned
    ? "A row belongs to the caller who created it"
    : "Every caller with access to an operation can access all rows";
  const stored = columns.map(({ property, type }) =>
    `${property === "" ? "the whole body" : property} ${type.kind}`
  ).join(", ");
  return `  ${plural.snake} for ${path}: ${operations}
    ${stored}
${[access, ...notes].map((note) => `    ${note}\n`).join("")}`;
}
