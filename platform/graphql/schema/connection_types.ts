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

/** Page of a list. */
export interface ConnectionPage {
  readonly items: readonly LoadedResource[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  readonly cursorOf: CursorOf;
}

// Fields are properties of their sources: resolvers would be called for each of them.
const PAGE_INFO = new GraphQLObjectType<unknown, ResolverContext>({
  name: "PageInfo",
  description: "Position of a page. Cursors are those of the HTTP API, and expire like them.",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString, description: "Cursor for `before`; null for an empty page." },
    endCursor: { type: GraphQLString, description: "Cursor for `after`; null for an empty page." },
  },
});

/** Fields of a connection that have as many objects as its page has items. */
export const ITEM_FIELDS: ReadonlySet<string> = new Set(["edges", "nodes"]);

/** Number of items of a page without `first` and `last`. */
export const DEFAULT_PAGE = 20;

/** Mark of connections, for the cost of a document. */
const CONNECTION = { connection: true } as const;

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
          node: { type: item },
          cursor: { type: new GraphQLNonNull(GraphQLString), description: "Cursor for `after`." },
        },
      }));
    return new GraphQLObjectType<unknown, ResolverContext>({
      name: connection,
      description: `One page of a list, following the Relay specification of connections.`,
      extensions: CONNECTION,
      fields: {
        edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
        nodes: {
          type: new GraphQLNonNull(new GraphQLList(item)),
          description: "The items without their cursors.",
        },
        pageInfo: { type: new GraphQLNonNull(PAGE_INFO) },
      },
    });
  });
}

/** Returns the source of an object type. */
export function nodeOf({ data, etag }: LoadedResource): object {
  return etag === undefined ? data : { ...data, etag };
}

/** Source of a connection and its page info. */
export class PageSource {
  readonly #page: ConnectionPage;

  constructor(page: ConnectionPage) {
    this.#page = page;
  }

  get nodes(): readonly object[] {
    return this.#page.items.map(nodeOf);
  }

  get edges(): readonly EdgeSource[] {
    const { items, cursorOf } = this.#page;
    return items.map((resource, index) => new EdgeSource(nodeOf(resource), () => cursorOf(index, "after")));
  }

  get pageInfo(): this {
    return this;
  }

  get hasNextPage(): boolean {
    return this.#page.hasNext;
  }

  get hasPreviousPage(): boolean {
    return this.#page.hasPrevious;
  }

  get startCursor(): string | null {
    const { items, cursorOf } = this.#page;
    return items.length === 0 ? null : cursorOf(0, "before");
  }

  get endCursor(): string | null {
    const { items, cursorOf } = this.#page;
    return items.length === 0 ? null : cursorOf(items.length - 1, "after");
  }
}

/** Source of an edge. */
class EdgeSource {
  readonly node: object;
  readonly #cursor: () => string;

  constructor(node: object, cursor: () => string) {
    this.node = node;
    this.#cursor = cursor;
  }

  get cursor(): string {
    return this.#cursor();
  }
}
