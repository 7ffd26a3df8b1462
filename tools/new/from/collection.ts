import type { JsonValue } from "@archway/server/operation.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import type { ColumnType } from "./column_type.ts";
import type { ResourceNames } from "./resource_names.ts";
import type { ValueType } from "./value_types.ts";
import type { SuccessResponse } from "./responses.ts";

/** Column with a property that clients write. */
export interface Column {
  /** Property of the document; "" for the whole body. */
  readonly property: string;
  /** Property of the domain type. */
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a row may lack it. */
  readonly isOptional: boolean;
  /** Name of its type in the domain, for JSON. */
  readonly jsonType: string | undefined;
}

/** Key by which clients address an item. */
export interface Key {
  /** Property of the document. */
  readonly property: string;
  /** A UUID is the id of its row; other keys have a column of their own. */
  readonly kind: "bigint" | "text" | "uuid";
  /** Party that determines it: "either" is the client if it sends one. */
  readonly namedBy: "client" | "either" | "server";
}

/** Origin of a property in a representation. */
export type MemberSource =
  | {
    readonly kind: "column";
    readonly column: Column;
    /** Whether the representation may have null. */
    readonly isNullable: boolean;
    /** Value in place of null, if the representation requires one. */
    readonly fallback: JsonValue | undefined;
  }
  | { readonly kind: "constant"; readonly value: JsonValue }
  | { readonly kind: "createdAt" }
  | { readonly kind: "key" }
  /** All properties of the stored body. */
  | { readonly kind: "whole"; readonly column: Column }
  | { readonly kind: "updatedAt" };

/** Property of a representation. */
export interface Member {
  readonly property: string;
  readonly isRequired: boolean;
  readonly source: MemberSource;
}

/** Function that converts an item to one of its representations. */
export interface Representation {
  readonly functionName: string;
  /** Type in TypeScript. */
  readonly type: string;
  readonly members: readonly Member[];
}

/** Constant members of a body around an item. */
export type Constants = readonly (readonly [property: string, value: JsonValue])[];

/** Response of an operation of a collection. */
export interface PlannedResponse {
  readonly success: SuccessResponse;
  /** Undefined if the response has no body. */
  readonly representation: Representation | undefined;
  /** Property of the body that holds the item; undefined if it is the body. */
  readonly property: string | undefined;
  /** Further members that the body requires. */
  readonly constants: Constants;
}

/** Member of a request body that is stored. */
export interface InputMember {
  readonly column: Column;
  /** Whether the body may lack it. */
  readonly isOptional: boolean;
  readonly isNullable: boolean;
  /** Value in place of one that the body lacks, if the column requires one. */
  readonly fallback: JsonValue | undefined;
}

/** Operation that writes an item. */
export interface PlannedWrite {
  readonly operation: OperationModel;
  readonly response: PlannedResponse;
  readonly members: readonly InputMember[];
  /** Whether the request may come without a body. */
  readonly isBodyOptional: boolean;
  /** Whether the body may be null. */
  readonly isBodyNullable: boolean;
  /** Presence of the key in the body. */
  readonly key: "absent" | "optional" | "required";
  /** A body that the document allows, with optional properties. */
  readonly sample: JsonValue;
}

/** Operation on an item without a body. */
export interface PlannedOperation {
  readonly operation: OperationModel;
  readonly response: PlannedResponse;
}

/** Filter of a list. */
export interface Filter {
  readonly parameter: string;
  readonly isRequired: boolean;
  /** Whether the parameter is a list of values. */
  readonly isList: boolean;
  readonly column: Column;
}

/** Member of the body around a list, as code. */
export interface ListMember {
  readonly property: string;
  /** Expression, or the members of an object. */
  readonly value: string | readonly ListMember[];
  /** Condition under which there is a value. @default always */
  readonly condition?: string | undefined;
  /** Expression in place of a value; undefined if the member is then left out. */
  readonly otherwise?: string | undefined;
}

/** Parameters that select a page. */
export interface Paging {
  readonly style: "cursor" | "offset";
  readonly limit: string | undefined;
  readonly page: string | undefined;
  readonly offset: string | undefined;
  readonly cursor: string | undefined;
  readonly firstPage: number;
  readonly defaultLimit: number;
  readonly maxLimit: number;
}

/** Operation that lists items. */
export interface PlannedList {
  readonly operation: OperationModel;
  readonly success: SuccessResponse;
  readonly representation: Representation;
  /** Property of the body that holds the list; undefined if it is the body. */
  readonly property: string | undefined;
  readonly members: readonly ListMember[];
  readonly paging: Paging;
  readonly filters: readonly Filter[];
  /** Query parameters without effect. */
  readonly ignored: readonly string[];
  readonly hasTotal: boolean;
}

/** Keys for tests. */
export interface SampleKeys {
  readonly made: readonly (string | number)[];
  readonly missing: string | number;
}

/** Collection that gets a table and handlers. */
export interface Collection {
  readonly names: ResourceNames;
  readonly path: string;
  readonly key: Key;
  readonly columns: readonly Column[];
  /** Types of the structured values. */
  readonly values: readonly ValueType[];
  readonly create: PlannedWrite;
  readonly lists: readonly PlannedList[];
  readonly read: PlannedOperation | undefined;
  readonly replace: PlannedWrite | undefined;
  readonly patch: PlannedWrite | undefined;
  readonly remove: PlannedOperation | undefined;
  readonly isOwned: boolean;
  /** Decisions to be read by the team. */
  readonly notes: readonly string[];
  /** Two bodies that create items, the first with all optional properties. */
  readonly samples: readonly [JsonValue, JsonValue];
  /** Keys that clients may choose, and one of no item. */
  readonly keys: SampleKeys;
}

/** Returns the representations of a collection, each once. */
export function representationsOf(
  { create, lists, read, replace, patch, remove }: Pick<
    Collection,
    "create" | "lists" | "patch" | "read" | "remove" | "replace"
  >,
): readonly Representation[] {
  const responses = [read, create, replace, patch, remove].map((one) => one?.response.representation);
  const found = [...responses, ...lists.map(({ representation }) => representation)];
  return [...new Set(found.filter((one) => one !== undefined))];
}
