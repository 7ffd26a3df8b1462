import { compare } from "@archway/tools/bench/compare.ts";
import { loadOn } from "@archway/tools/bench/measure_process.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { posts, reads } from "@archway/tools/bench/workload.ts";
import { seedAccounts } from "./seed_accounts.ts";

/** Header fields of messages that say what they are. */
const CURRENT_FIELDS = {
  "Mcp-Protocol-Version": "2026-07-28",
  "Mcp-Method": "tools/call",
  "Mcp-Name": "getAccount",
} as const;

/** Messages by name. One with an unusual key is served by the SDK. */
const MESSAGES: Readonly<Record<string, { readonly isCurrent: boolean; readonly isUnusual: boolean }>> = {
  "MCP 2025": { isCurrent: false, isUnusual: false },
  "MCP 2026": { isCurrent: true, isUnusual: false },
  "MCP 2025, SDK": { isCurrent: false, isUnusual: true },
  "MCP 2026, SDK": { isCurrent: true, isUnusual: true },
};

/** Calls of a tool beside requests for the same account. */
export const mcpScenario: Scenario<LoadSetting> = {
  name: "mcp",
  description:
    "a tool of agents beside the request that it makes, with messages of old and current clients, and of the SDK",
  parts: ["one"],
  settings: loadSettings({ rounds: 5, seconds: 3, connections: 16 }),
  measure: async (run) => {
    const { settings: { connections }, signal } = run;
    const { database, ids } = await startBenchDatabase(run, {
      fill: (instance) => seedAccounts(instance, { accounts: 500, signal }),
    });
    const server = await startService(database, run, {
      main: "main.ts",
      env: { MCP_MODE: "read", WORKER: "off" },
    });
    const rest = {
      name: "REST",
      measure: loadOn(run, { server, workload: reads(ids.map((id) => `/v1/accounts/${id}`)), connections }),
    };
    const tools = Object.entries(MESSAGES).map(([name, message]) => ({
      name,
      measure: loadOn(run, {
        server,
        workload: posts("/mcp", ids.map((id) => textOf(id, message)), {
          Accept: "application/json, text/event-stream",
          ...(message.isCurrent && CURRENT_FIELDS),
        }),
        connections,
      }),
    }));
    return { "": await compare(run, [rest, ...tools], { row: "account by id" }) };
  },
};

function textOf(
  id: string,
  { isCurrent, isUnusual }: { readonly isCurrent: boolean; readonly isUnusual: boolean },
): string {
  const _meta = {
    ...(isCurrent && {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
      "io.modelcontextprotocol/clientCapabilities": {},
    }),
    ...(isUnusual && { "com.example/key": 1 }),
  };
  return JSON.stringify({
    ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
    params: { name: "getAccount", arguments: { id }, ...(Object.keys(_meta).length > 0 && { _meta }) },
  });
}
