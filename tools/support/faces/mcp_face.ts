import type { Server } from "@archway/server/server.ts";
import { at } from "../graphql_client.ts";
import { connectMcp, type McpClient } from "../mcp_client.ts";
import type { Face, FaceOutcome } from "./face.ts";

/** Face of agents: the tools of the Model Context Protocol, by the official client. */
export function mcpFace(server: Server): Face {
  const clients = new Map<string, Promise<McpClient>>();
  return {
    name: "MCP",
    async call(operationId, { path = {}, query = {}, body, ifMatch, key }, caller): Promise<FaceOutcome> {
      const connected = clients.get(caller) ?? connectMcp(server, { as: caller });
      clients.set(caller, connected);
      const { client } = await connected;
      const { isError, structuredContent, content } = await client.callTool({
        name: operationId,
        arguments: {
          ...path,
          ...query,
          ...(body !== undefined && { body }),
          ...(ifMatch !== undefined && { ifMatch }),
          ...(key !== undefined && { idempotencyKey: key }),
        },
      });
      if (isError) {
        const [, failed] = content;
        const { problem } = JSON.parse(failed?.type === "text" ? failed.text : "{}");
        return { problem: `${problem?.status} ${problem?.type.split("/").at(-1)}` };
      }
      const [etag, next] = [at(structuredContent, "etag"), at(structuredContent, "body.meta.nextCursor")];
      return {
        data: at(structuredContent, "body.data"),
        etag: typeof etag === "string" ? etag : undefined,
        next: typeof next === "string" ? next : undefined,
        replayed: at(structuredContent, "replayed") === true,
      };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const connected of clients.values()) await (await connected)[Symbol.asyncDispose]();
    },
  };
}
