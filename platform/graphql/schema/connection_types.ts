import {
  GraphQLBoolean,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from "graphql";
import type { LoadedResource } from "@archway/service_kit/graphql_face.ts";
import type { CursorOf } from "@archway/service_kit/list_endpoint.ts";
import type { ResolverContext } from "../execution/request_state.ts";
import type { TypeBuilder } from "./type_builder.ts";

/** Page of a list, the source of connections. */
export interface ConnectionPage {
  readonly items: readonly LoadedResource[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  readonly cursorOf: CursorOf;
}

interface Edge {
  readonly node: object;
  readonly cursor: () => string;
}

const PAGE_INFO = new GraphQLObjectType<ConnectionPage, ResolverContext>({
  name: "PageInfo",
  description: "Position of a page. Cursors are those of the HTTP API, and expire like them.",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean), resolve: ({ hasNext }) => hasNext },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean), resolve: ({ hasPrevious }) => hasPrevious },
    startCursor: {
      type: GraphQLString,
      description: "Cursor for `before`; null for an empty page.",
      resolve: ({ items, cursorOf }) => items.length === 0 ? null : cursorOf(0, "before"),
    },
    endCursor: {
      type: GraphQLString,
      description: "Cursor for `after`; null for an empty page.",
      resolve: ({ items, cursorOf }) => items.length === 0 ? null : cursorOf(items.length - 1, "after"),
    },
  },
});

/** Fields of a connection that have as many objects as its page has items. */
export const ITEM_FIELDS: ReadonlySet<string> = new Set(["edges", "nodes"]);

/** Number of items of a page without `first` and `last`. */
export const DEFAULT_PAGE = 20;

/** Mark of connections, for the cost of a document. */
export const CONNECTION = { connection: true } as const;

/** Returns the type of connections to a type. */
export function connectionType(
  types: TypeBuilder,
  item: GraphQLOutputType,
  name: string,
): GraphQLObjectType<unknown, ResolverContext> {
  return types.own(`${name}Connection`, (connection) => {
    const edge = types.own(`${name}Edge`, (edgeName) =>
      new GraphQLObjectType<unknown, ResolverContext>({
        name: edgeName,
        fields: {
          node: { type: item, resolve: (source) => edgeOf(source).node },
          cursor: {
            type: new GraphQLNonNull(GraphQLString),
            description: "Cursor for `after`.",
            resolve: (source) => edgeOf(source).cursor(),
          },
        },
      }));
    return new GraphQLObjectType<unknown, ResolverContext>({
      name: connection,
      description: `One page of a list, following the Relay specification of connections.`,
      extensions: CONNECTION,
      fields: {
        edges: {
          type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))),
          resolve: (source) => {
            const { items, cursorOf } = pageOf(source);
            return items.map((resource, index) =>
              new EdgeSource(nodeOf(resource), () => cursorOf(index, "after"))
            );
          },
        },
        nodes: {
          type: new GraphQLNonNull(new GraphQLList(item)),
          description: "The items without their cursors.",
          resolve: (source) => pageOf(source).items.map(nodeOf),
        },
        pageInfo: { type: new GraphQLNonNull(PAGE_INFO), resolve: (source) => pageOf(source) },
      },
    });
  });
}

/** Returns the source of an object type. */
export function nodeOf({ data, etag }: LoadedResource): object {
  return etag === undefined ? data : { ...data, etag };
}

/** Source of a connection. */
export class PageSource implements ConnectionPage {
  readonly items: readonly LoadedResource[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  readonly cursorOf: CursorOf;

  constructor({ items, hasNext, hasPrevious, cursorOf }: ConnectionPage) {
    this.items = items;
    this.hasNext = hasNext;
    this.hasPrevious = hasPrevious;
    this.cursorOf = cursorOf;
  }
}

class EdgeSource implements Edge {
  constructor(readonly node: object, readonly cursor: () => string) {}
}

function pageOf(source: unknown): PageSource {
  if (source instanceof PageSource) return source;
  throw new TypeError("The source of a connection is no page");
}

function edgeOf(source: unknown): EdgeSource {
  if (source instanceof EdgeSource) return source;
  throw new TypeError("The source of an edge is no edge");
}
