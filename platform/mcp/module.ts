import type { ApiModule } from "@archway/server/api_module.ts";
import type { Operation, Route } from "@archway/server/operation.ts";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import {
  defineService,
  type MountedService,
  type ServiceDependencies,
} from "@archway/service_kit/service_module.ts";
import type { McpEndpoint } from "./http/mcp_endpoint.ts";
import { MCP_SETTINGS, type McpConfig, readMcpConfig } from "./mcp_config.ts";
import { MCP_DOCUMENT, MCP_STATUSES, mcpRoute, metadataRoute, servedOperations } from "./mcp_routes.ts";

/** Service module of agents: the operations of all services as tools, by the Model Context Protocol. */
export const mcpModule = defineService({
  name: "mcp",
  settings: MCP_SETTINGS,
  configure: readMcpConfig,
  mount: mountMcp,
});

function mountMcp({ mounted, logger }: ServiceDependencies, config: McpConfig): MountedService {
  const { mode, origins, authorizationServers } = config;
  if (mode === "off") return {};
  let calls: OperationCalls | undefined;
  let opened: Promise<McpEndpoint> | undefined;
  // Other modules that connect are faces of the same operations.
  const apis = (): readonly ApiModule[] =>
    mounted().flatMap(({ api }) => api === undefined || api.connect !== undefined ? [] : [api]);
  const operations = (): readonly Operation[] =>
    apis().flatMap(({ routes }) => routes.map(({ operation }) => operation));
  const open = async (): Promise<McpEndpoint> => {
    if (calls === undefined) throw new Error("MCP is not connected to a server");
    // Loaded by the first request, as programs start faster without them.
    const [{ McpEndpoint }, { Toolset }] = await Promise.all([
      import("./http/mcp_endpoint.ts"),
      import("./tools/toolset.ts"),
    ]);
    const { operationIds } = servedOperations(operations());
    const tools = new Toolset(apis(), { mode, calls, isServed: (id) => operationIds.has(id) });
    return new McpEndpoint({ tools, origins, logger, statuses: MCP_STATUSES });
  };
  return {
    api: {
      name: "mcp",
      document: MCP_DOCUMENT,
      ...problemTable({}),
      // Read when the server is created, after all services have been mounted.
      get routes(): readonly Route[] {
        const { security } = servedOperations(operations());
        return [
          mcpRoute(security, async (request, context) => {
            opened ??= open();
            return await (await opened).respond(request, context);
          }),
          ...(authorizationServers.length === 0 ? [] : [metadataRoute(authorizationServers)]),
        ];
      },
      connect(operations): void {
        calls = operations;
      },
    },
  };
}
