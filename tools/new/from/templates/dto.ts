import { propertyKey } from "../../../oapi_codegen/types/identifiers.ts";
import {
  type Collection,
  type Member,
  type PlannedWrite,
  type Representation,
  representationsOf,
} from "../collection.ts";
import {
  access,
  fromDomain,
  hasKeyColumn,
  inputMember,
  isNullable,
  literal,
  type ServiceNaming,
} from "./code.ts";

/** Returns the conversions between representations and the domain. */
export function dtoText(service: ServiceNaming, collection: Collection): string {
  const { names: { singular }, create, replace, patch, key } = collection;
  const [Type, type] = [singular.pascal, singular.camel];
  const isNamed = key.namedBy !== "server";
  const created = isNamed ? `New${Type}` : `${Type}Input`;
  const keyMember = isNamed ? [keyText(collection)] : [];
  const parts = [
    ...representationsOf(collection).map((representation) => toJsonText(representation, collection)),
    `/** Converts the body of a creation to input; absent properties become null. */
export function ${type}Input(body: ${bodyType(create)}): ${created} {
  return { ${[...keyMember, ...create.members.map((member) => inputMember(member))].join(", ")} };
}`,
    ...(replace === undefined
      ? []
      : [`/** Converts the body of a replacement to input; properties that it cannot have stay as they are. */
export function replaced${Type}(body: ${bodyType(replace)}${
        keepsValues(replace, collection, "replaced") ? `, current: ${Type}` : ""
      }): ${Type}Input {
  return { ${changeMembers(replace, collection).join(", ")} };
}`]),
    ...(patch === undefined
      ? []
      : [`/** Converts the body of a patch to input; absent properties stay as they are. */
export function patched${Type}(body: ${bodyType(patch)}${
        keepsValues(patch, collection, "patched") ? `, current: ${Type}` : ""
      }): ${Type}Input {
  return { ${changeMembers(patch, collection, "current").join(", ")} };
}`]),
  ];
  const text = parts.join("\n\n");
  const types = [
    ...(isNamed ? [`New${Type}`] : []),
    Type,
    ...(isNamed && replace === undefined && patch === undefined ? [] : [`${Type}Input`]),
  ];
  const usesType = text.includes(`: ${Type})`) || text.includes(`: ${Type},`);
  const imported = types.filter((name) => name !== Type || usesType);
  return `import type * as api from "@archway/api/${service.api}api/server.gen.ts";
${
    text.includes("utcTimestamp(")
      ? 'import { utcTimestamp } from "@archway/service_kit/storable.ts";\n'
      : ""
  }import type { ${imported.join(", ")} } from "../domain/${singular.snake}.ts";

${text}
`;
}

function bodyType({ operation }: PlannedWrite): string {
  return `NonNullable<api.${operation.typeName}Request["body"]>`;
}

function keyText({ key }: Collection): string {
  const sent = access("body", key.property);
  const stored = key.kind === "bigint"
    ? `BigInt(${sent})`
    : key.kind === "uuid"
    ? `${sent}.toLowerCase()`
    : sent;
  return stored === sent || key.namedBy === "client"
    ? `key: ${stored}`
    : `key: ${sent} === undefined ? undefined : ${stored}`;
}

/** Whether a change keeps some of the current values. */
export function keepsValues(
  write: PlannedWrite,
  collection: Collection,
  change: "patched" | "replaced",
): boolean {
  const current = change === "patched" ? "current" : undefined;
  return changeMembers(write, collection, current).some((member) => member.includes("current."));
}

function changeMembers(
  { members }: PlannedWrite,
  { columns }: Collection,
  current?: string,
): readonly string[] {
  return columns.map((column) => {
    const member = members.find((one) => one.column === column);
    const kept = `current.${column.name}`;
    if (member === undefined) return `${column.name}: ${kept}`;
    return inputMember(member, current === undefined ? undefined : kept);
  });
}

function toJsonText({ functionName, type, members }: Representation, collection: Collection): string {
  const { names: { singular, one } } = collection;
  const text = members.map((member) => memberText(member, collection)).join(", ");
  const constants = members.filter(({ source }) => source.kind === "constant").map(({ property }) =>
    property
  );
  const note = constants.length === 0 ? "" : `

 Decided by the scaffolder: the document requires ${constants.join(", ")}, and nothing in it sets them.`;
  const comment = `Converts ${one} to its representation.${note}`;
  const doc = note === ""
    ? `/** ${comment} */`
    : `/**\n${
      comment.split("\n").map((line) => ` *${line === "" ? "" : ` ${line.trim()}`}`).join("\n")
    }\n */`;
  const usesEntity = text.includes(`${singular.camel}.`);
  return `${doc}
export function ${functionName}(${usesEntity ? "" : "_"}${singular.camel}: ${singular.pascal}): ${type} {
  return { ${text} };
}`;
}

function memberText({ property, isRequired, source }: Member, collection: Collection): string {
  const { names: { singular }, key } = collection;
  const name = propertyKey(property);
  const item = singular.camel;
  if (source.kind === "constant") return `${name}: ${literal(source.value)}`;
  if (source.kind === "createdAt") return `${name}: ${item}.createdAt`;
  if (source.kind === "updatedAt") return `${name}: ${item}.updatedAt`;
  if (source.kind === "key") {
    const value = hasKeyColumn(collection) ? `${item}.key` : `${item}.id`;
    return `${name}: ${key.kind === "bigint" ? `Number(${value})` : value}`;
  }
  if (source.kind === "whole") return `...${item}.${source.column.name}`;
  const { column, isNullable: allowsNull, fallback } = source;
  const value = `${item}.${column.name}`;
  const json = fromDomain(column, value);
  if (!isNullable(column)) return `${name}: ${json}`;
  if (!isRequired && !allowsNull) return `...(${value} !== null && { ${name}: ${json} })`;
  const absent = allowsNull ? "null" : literal(fallback ?? null);
  if (json === value) return `${name}: ${allowsNull ? value : `${value} ?? ${absent}`}`;
  return `${name}: ${value} === null ? ${absent} : ${json}`;
}
