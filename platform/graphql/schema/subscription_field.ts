import { GraphQLNonNull, GraphQLString } from "graphql";
import type { GraphqlSubscription } from "@archway/service_kit/graphql_face.ts";
import { StreamedItem } from "@archway/service_kit/streamed_items.ts";
import { FaceError } from "./api_document.ts";
import { type ArgumentPlaces, resolving } from "./arguments.ts";
import { dataOf, type FieldConfig, type FieldSource } from "./read_fields.ts";
import type { TypeBuilder } from "./type_builder.ts";

const PLACES: ArgumentPlaces = [{ argument: "after", in: "query", name: "after" }];

/** Options of {@link subscriptionField}. */
interface SubscriptionOptions {
  readonly field: string;
  readonly subscription: GraphqlSubscription;
  readonly types: TypeBuilder;
}

/**
 * Returns the field of `Subscription` for the items of a list.
 *
 * @throws {FaceError} if the items are no component of the document.
 */
export function subscriptionField(
  source: FieldSource,
  { field, subscription: { description }, types }: SubscriptionOptions,
): FieldConfig {
  const { document, operation: { operationId } } = source;
  const item = document.resolve(dataOf(source)).schema["items"];
  const name = document.resolve(item).name;
  if (item === undefined || name === undefined) {
    throw new FaceError(`GraphQL: the items of ${operationId} are no component of its document`);
  }
  const node = types.output({ document, schema: item, name });
  return {
    type: node instanceof GraphQLNonNull ? node : new GraphQLNonNull(node),
    description,
    args: {
      after: {
        type: GraphQLString,
        description:
          "The `eventId` after which to continue, as the header field `Last-Event-ID`; by default " +
          "events from now on.",
      },
    },
    subscribe: (_, { after }: Readonly<Record<string, unknown>>, { state }) =>
      resolving(
        PLACES,
        () => state.subscribe(field, { operationId, after: typeof after === "string" ? after : undefined }),
      ),
    resolve: (event) => {
      if (event instanceof StreamedItem) return event.data;
      throw new TypeError("The source of a subscription is no event");
    },
  };
}
