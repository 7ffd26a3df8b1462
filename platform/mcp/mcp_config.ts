import { InvalidSetting, type SettingsReader, type SettingsSection } from "@archway/service_kit/setting.ts";
import { customSetting, listSetting } from "@archway/service_kit/setting_types.ts";

/** Operations that agents can call: none, those that only read, or all. */
export type McpMode = "off" | "read" | "write";

/** Configuration of the MCP server. */
export interface McpConfig {
  readonly mode: McpMode;
  /** Origins of web pages that can call it, as browsers send them. */
  readonly origins: readonly string[];
  /** Issuers of access tokens that clients are referred to; none if empty. */
  readonly authorizationServers: readonly string[];
}

const MODE = customSetting<McpMode>("MCP_MODE", {
  type: "off, read or write",
  default: "off",
  description: "Operations that agents can call at /mcp: none, those that only read, or all.",
  parse: parseMode,
});
const ORIGINS = listSetting("MCP_ORIGINS", {
  example: "https://agent.example.com",
  description:
    "Origins of web pages that can call /mcp; other requests with an `Origin` are refused, as a page could reach a server " +
    "in the network of its visitors by DNS rebinding. They need CORS_ORIGINS, too.",
});
const AUTHORIZATION_SERVERS = listSetting("MCP_AUTHORIZATION_SERVERS", {
  example: "https://issuer.example/",
  description:
    "Issuers of access tokens, which MCP clients find at /.well-known/oauth-protected-resource/mcp (RFC 9728). Not served " +
    "if empty.",
});

/** Settings of the MCP server. */
export const MCP_SETTINGS: SettingsSection = {
  title: "Agents",
  settings: [MODE, ORIGINS, AUTHORIZATION_SERVERS],
};

/** Reads the configuration of the MCP server. */
export function readMcpConfig(reader: SettingsReader): McpConfig {
  return {
    mode: reader.read(MODE),
    origins: reader.read(ORIGINS),
    authorizationServers: reader.read(AUTHORIZATION_SERVERS),
  };
}

function parseMode(text: string): McpMode {
  if (text === "off" || text === "read" || text === "write") return text;
  throw new InvalidSetting("must be off, read or write");
}
