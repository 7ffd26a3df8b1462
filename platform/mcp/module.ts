import type { ApiModule } from "@archway/server/api_module.ts";
import type { Operation, Route } from "@archway/server/operation.ts";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import {
  defineService,
  type MountedService,
  type ServiceDependencies,
} from "@archway/service_kit/service_module.ts";
import { mcpCommand } from "./stdio/mcp_command.ts";
import type { McpEndpoint } from "./http/mcp_endpoint.ts";
import { MCP_SETTINGS, type McpConfig, readMcpConfig } from "./mcp_config.ts";
import {
  MCP_DOCUMENT,
  MCP_STATUSES,
  mcpRoute,
  metadataRoute,
  onlyReads,
  scopesOf,
  servedOperations,
} from "./mcp_routes.ts";

/** Service module of agents: the operations of all services as tools, by the Model Context Protocol. */
export const mcpModule = defineService({
  name: "mcp",
  settings: MCP_SETTINGS,
  commands: [mcpCommand],
  configure: readMcpConfig,
  mount: mountMcp,
});

/** Mounts the MCP server. */
export function mountMcp(
  { mounted, program: { name, version } }: ServiceDependencies,
  config: McpConfig,
): MountedService {
  const { mode, origins, authorizationServers, isSdkOnly = false } = config;
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
    const program = { name, version: version ?? "0.0.0" };
    return new McpEndpoint({ program, tools, calls, origins, statuses: MCP_STATUSES, isSdkOnly });
  };
  return {
    api: {
      name: "mcp",
      document: MCP_DOCUMENT,
      isShared: true,
      ...problemTable({}),
      // Read when the server is created, after all services have been mounted.
      get routes(): readonly Route[] {
        const { security, operationIds } = servedOperations(operations());
        const permitted = operations().filter((operation) =>
          operationIds.has(operation.operationId) && (mode === "write" || onlyReads(operation))
        );
        const isReferring = authorizationServers.length > 0;
        return [
          mcpRoute({ security, isReferring }, async (request, context) => {
            opened ??= open();
            return await (await opened).respond(request, context);
          }),
          ...(isReferring
            ? [metadataRoute({ name, authorizationServers, scopes: scopesOf(permitted) })]
            : []),
        ];
      },
      connect(operations): void {
        calls = operations;
      },
    },
  };
}
