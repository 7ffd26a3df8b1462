import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import {
  defineService,
  type MountedService,
  type ServiceDependencies,
} from "@archway/service_kit/service_module.ts";
import { GRAPHQL_SETTINGS, type GraphqlConfig, readGraphqlConfig } from "./graphql_config.ts";
import { GRAPHQL_DOCUMENT, GRAPHQL_OPERATIONS, graphqlRoutes } from "./graphql_routes.ts";
import type { GraphqlServer } from "./http/graphql_server.ts";

/** Service module of GraphQL: a second face of the operations of all services that list fields. */
export const graphqlModule = defineService({
  name: "graphql",
  settings: GRAPHQL_SETTINGS,
  configure: readGraphqlConfig,
  artifacts: async (services) => {
    const { schemaText } = await import("./schema/schema_text.ts");
    return new Map([["api/graphql/schema.graphql", schemaText(services)]]);
  },
  mount: mountGraphql,
});

function mountGraphql(dependencies: ServiceDependencies, config: GraphqlConfig): MountedService {
  const { graphqlFaces: faces, mounted, development } = dependencies;
  let calls: OperationCalls | undefined;
  let opened: Promise<GraphqlServer> | undefined;
  const open = async (): Promise<GraphqlServer> => {
    if (calls === undefined) throw new Error("GraphQL is not connected to a server");
    // Loaded by the first request, as programs start faster without it.
    const { GraphqlServer } = await import("./http/graphql_server.ts");
    return new GraphqlServer({
      ...{ faces, calls, config },
      batches: mounted().flatMap(({ graphql = [] }) => graphql),
      introspection: config.introspection ?? development,
      operationOf: () => GRAPHQL_OPERATIONS.POST,
    });
  };
  const ids = new Set(
    faces.flatMap(({ queries, mutations = {} }) => [...Object.values(queries), ...Object.values(mutations)]),
  );
  return {
    api: {
      name: "graphql",
      document: GRAPHQL_DOCUMENT,
      isShared: true,
      ...problemTable({}),
      // Read when the server is created, after all services have been mounted.
      get routes(): ReturnType<typeof graphqlRoutes> {
        const others = mounted().filter(({ api }) => api?.document !== GRAPHQL_DOCUMENT);
        const operations = others.flatMap(({ api }) => api?.routes.map(({ operation }) => operation) ?? []);
        return graphqlRoutes(
          operations.filter(({ operationId }) => ids.has(operationId)),
          {
            maxBodyBytes: config.maxBodyBytes,
            respond: async (method, request, context) => {
              opened ??= open();
              return await (await opened).respond(method, request, context);
            },
          },
        );
      },
      connect(operations): void {
        calls = operations;
      },
    },
  };
}
