import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

/** Serves one message of a client that has no session. */
export type ServeMessage = (request: Request, message: unknown) => Promise<Response>;

/**
 * Returns a function that serves messages of all revisions of the protocol, each by a server of its own, with JSON in place
 * of streams.
 */
export function serveMessages(makeServer: (request: Request) => Server): ServeMessage {
  const current = createMcpHandler(({ requestInfo }) => {
    if (requestInfo === undefined) throw new Error("MCP servers are made for requests");
    return makeServer(requestInfo);
  }, {
    legacy: "reject",
    // There is nothing to notify of: the tools do not change while the program runs.
    maxSubscriptions: 0,
  });

  return async function serveMessage(request, message): Promise<Response> {
    if (!await isLegacyRequest(request, message)) {
      return await current.fetch(request, { parsedBody: message });
    }
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = makeServer(request);
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, { parsedBody: message });
    } finally {
      await server.close();
    }
  };
}
