import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Fault of one request: its response is cut off after its head, or replaced by another one. */
export type Fault = "lose" | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** Request as the proxy received it. */
export interface ProxiedRequest {
  readonly line: string;
  readonly headers: Headers;
}

/** HTTP proxy on the loopback interface that spoils responses. */
export class HttpFaultProxy implements AsyncDisposable {
  /** Faults of the next requests other than OPTIONS; those after them are passed on. */
  readonly faults: Fault[] = [];
  /** All requests so far. */
  readonly requests: ProxiedRequest[] = [];
  readonly #send: (request: Request) => Promise<Response>;
  readonly #server: Server;
  readonly #listening: Promise<string>;

  /** @param send sends a request to the server; its URL has the address of the proxy. */
  constructor(send: (request: Request) => Promise<Response>) {
    this.#send = send;
    this.#server = createServer((request, response) => void this.#pass(request, response));
    this.#listening = new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address();
        resolve(typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "");
      });
    });
  }

  /** Address of the proxy, once it listens. */
  get url(): Promise<string> {
    return this.#listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = new Uint8Array(await new Blob(chunks.map((chunk) => new Uint8Array(chunk))).arrayBuffer());
    const { method = "GET", url = "/", rawHeaders } = incoming;
    const headers = new Headers(
      rawHeaders.flatMap((name, index) => index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []),
    );
    this.requests.push({ line: `${method} ${url}`, headers });
    const fault = method === "OPTIONS" ? undefined : this.faults.shift();
    if (typeof fault === "object") {
      outgoing.writeHead(fault.status, { ...fault.headers }).end();
      return;
    }
    const request = new Request(new URL(url, await this.url), {
      ...{ method, headers },
      ...(body.length > 0 && { body }),
    });
    const response = await this.#send(request);
    const content = new Uint8Array(await response.arrayBuffer());
    const sent = new Headers(response.headers);
    sent.delete("Content-Length");
    // fetch has decoded it: runtimes before 2.9 compress responses themselves.
    sent.delete("Content-Encoding");
    if (fault === "lose") sent.set("Content-Length", String(content.length + 1));
    outgoing.writeHead(response.status, Object.fromEntries(sent));
    // The head is sent: without it, fetch of Deno 2.9 itself sends the request again on another connection, even a POST.
    if (fault === "lose") outgoing.write(content, () => incoming.socket.destroy());
    else outgoing.end(content);
  }
}
