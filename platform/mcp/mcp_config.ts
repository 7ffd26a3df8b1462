import type { SettingsReader, SettingsSection } from "@archway/service_kit/setting.ts";
import { choiceSetting, listSetting, secretSetting } from "@archway/service_kit/setting_types.ts";

/** Operations that agents can call: none, those that only read, or all. */
export type McpMode = "off" | "read" | "write";

/** Configuration of the MCP server. */
export interface McpConfig {
  readonly mode: McpMode;
  /** Origins of web pages that can call it, as browsers send them. */
  readonly origins: readonly string[];
  /** Issuers of access tokens that clients are referred to; none if empty. */
  readonly authorizationServers: readonly string[];
  /** Access token or API key of the command `mcp`. */
  readonly token: string | undefined;
  /** Whether the SDK serves all messages, as a reference. @default {false} */
  readonly isSdkOnly?: boolean;
}

const MODE = choiceSetting<McpMode>("MCP_MODE", ["off", "read", "write"], {
  default: "off",
  description: "Operations that agents can call at /mcp: none, those that only read, or all.",
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
    "Issuers of access tokens. Clients without one are referred to /.well-known/oauth-protected-resource/mcp (RFC 9728), " +
    "which lists them. Not served if empty.",
});

const TOKEN = secretSetting("MCP_TOKEN", {
  description:
    "Access token or API key with which the command `mcp` calls operations. Not needed with AUTH_MODE none or dev.",
});

/** Settings of the MCP server. */
export const MCP_SETTINGS: SettingsSection = {
  title: "Agents",
  settings: [MODE, ORIGINS, AUTHORIZATION_SERVERS, TOKEN],
};

/** Reads the configuration of the MCP server. */
export function readMcpConfig(reader: SettingsReader): McpConfig {
  return {
    mode: reader.read(MODE),
    origins: reader.read(ORIGINS),
    authorizationServers: reader.read(AUTHORIZATION_SERVERS),
    token: reader.read(TOKEN),
  };
}
