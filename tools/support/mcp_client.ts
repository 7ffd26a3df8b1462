import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { FetchOptions, Server } from "@archway/server/server.ts";

/** Options of {@link connectMcp}. */
export interface McpClientOptions extends FetchOptions {
  /** Token, i.e. a subject's name. */
  readonly as?: string;
  readonly client?: ClientOptions;
  /** @default {{}} */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Official MCP client. Disposing closes it. */
export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  /** Calls a tool that succeeds, and returns its structured content. */
  call(name: string, input?: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  /** Calls a tool that fails, and returns its texts: what to do, and the problem. */
  fail(name: string, input?: Readonly<Record<string, unknown>>): Promise<McpFailure>;
}

/** Error of a tool. */
export interface McpFailure {
  readonly advice: string;
  /** Data about the error; empty without a problem. */
  readonly data: {
    readonly problem?: { readonly type: string; readonly status: number };
    readonly etag?: string;
    readonly idempotencyKey?: string;
  };
}

/** Connects the official client to a server in this process. */
export async function connectMcp(
  server: Server,
  { as, client: clientOptions, headers, ...options }: McpClientOptions = {},
): Promise<McpClient> {
  const client = new Client({ name: "test", version: "1.0.0" }, clientOptions);
  await client.connect(
    new StreamableHTTPClientTransport(new URL("http://localhost/mcp"), {
      requestInit: { headers: { ...headers, ...(as !== undefined && { Authorization: `Bearer ${as}` }) } },
      fetch: (url, init) => server.fetch(new Request(url, init), options),
    }),
  );
  return {
    client,
    async call(name, input = {}): Promise<Readonly<Record<string, unknown>>> {
      const { structuredContent, isError, content } = await client.callTool({
        name,
        arguments: { ...input },
      });
      if (isError || typeof structuredContent !== "object" || structuredContent === null) {
        throw new Error(`${name} failed: ${JSON.stringify(content)}`);
      }
      return { ...structuredContent };
    },
    async fail(name, input = {}): Promise<McpFailure> {
      const { isError, content } = await client.callTool({ name, arguments: { ...input } });
      const [advice = "", data = "{}"] = content.map((part) => part.type === "text" ? part.text : "");
      if (!isError) throw new Error(`${name} did not fail: ${data}`);
      return { advice, data: JSON.parse(data) };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
