import { capitalized } from "../../names.ts";
import type { Collection } from "../collection.ts";
import { domainType, hasKeyColumn, isNullable } from "./code.ts";

/** Returns the domain type of a resource, with its input and its errors. */
export function domainText(collection: Collection): string {
  const { names: { singular, one }, columns, key } = collection;
  const Type = singular.pascal;
  const times = columns.filter(({ type }) => ["date", "timestamp"].includes(type.kind));
  const values = [...new Set(columns.flatMap(({ jsonType }) => jsonType ?? []))].toSorted();
  const fields = columns.map((column) =>
    `  readonly ${column.name}: ${domainType(column)}${isNullable(column) ? " | null" : ""};\n`
  );
  const keyType = key.kind === "bigint" ? "bigint" : "string";
  const keyField = hasKeyColumn(collection)
    ? `  /** Key of clients: \`${key.property}\` in the document. */\n  readonly key: ${keyType};\n`
    : "";
  const isNamed = key.namedBy !== "server";
  const keyMember = `  /** Key that the client chose${
    key.namedBy === "either" ? "; made by the server if undefined" : ""
  }. */\n  readonly key: ${keyType}${key.namedBy === "either" ? " | undefined" : ""};\n`;
  const keyCheck = `
/** @throws {DomainError} "invalid-${singular.kebab}" for a key that cannot be stored. */
export function checkKey(key: ${keyType}): void {
  const fieldErrors = keyErrors(${JSON.stringify(key.property)}, key);
  if (fieldErrors.length > 0) throw invalidError("${singular.kebab}", fieldErrors);
}
`;
  const checksKey = isNamed && hasKeyColumn(collection);
  return `import type { Timestamp } from "@archway/db/timestamp.ts";
import { invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";
import { ${checksKey ? "keyErrors, " : ""}storageErrors } from "@archway/service_kit/storable.ts";
${values.length > 0 ? `import type { ${values.join(", ")} } from "./${singular.snake}_values.ts";\n` : ""}
/** ${capitalized(one)}. */
export interface ${Type} {
  /** UUIDv7${
    key.kind !== "uuid"
      ? " of the row"
      : key.namedBy === "server"
      ? ""
      : ", or the UUID that the client chose"
  }. */
  readonly id: string;
${keyField}${fields.join("")}  /** Number of the version, from 1; determines the ETag. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of ${one} that clients set. */
export type ${Type}Input = Pick<${Type}, ${columns.map(({ name }) => JSON.stringify(name)).join(" | ")}>;
${
    isNamed
      ? `
/** Input of a creation. */
export interface New${Type} extends ${Type}Input {
${keyMember}}
`
      : ""
  }
/** Error codes of ${one}. */
export type ${Type}ErrorCode = ResourceErrorCode<"${singular.kebab}">${
    isNamed ? ` | "${singular.kebab}-exists"` : ""
  };

/**
 * Checks what the document's schema cannot say; add your rules here.
 *
 * @throws {DomainError} "invalid-${singular.kebab}", with every violation.
 */
export function check${Type}(input: ${Type}Input): ${Type}Input {
  const fieldErrors = storageErrors(input${
    times.length > 0 ? `, [${times.map(({ name }) => JSON.stringify(name)).join(", ")}]` : ""
  });
  if (fieldErrors.length > 0) throw invalidError("${singular.kebab}", fieldErrors);
  return input;
}
${checksKey ? keyCheck : ""}`;
}
