import { Webhook } from "standardwebhooks";

/** A received event. */
export interface ReceivedEvent {
  /** Id of the message. */
  readonly webhookId: string;
  readonly type: string;
  readonly timestamp: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Returns the status of the response to an event. */
export type Responder = (event: ReceivedEvent, count: number) => number | Promise<number>;

/** Webhook receiver on loopback that verifies signatures. */
export class WebhookReceiver implements AsyncDisposable {
  /** Events with a valid signature, in order. */
  readonly received: ReceivedEvent[] = [];
  /** Errors of the other requests. */
  readonly complaints: string[] = [];
  /** Determines the response to later events. */
  respond: Responder = () => 200;
  /** Header fields of later responses. */
  headers: Readonly<Record<string, string>> = {};
  /** Secret of the expected signatures; can be set after a webhook with the receiver's URL was created. */
  secret: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #changed = Promise.withResolvers<void>();

  constructor(secret: string) {
    this.secret = secret;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen(): void {} },
      (request) => this.#receive(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/hook`;
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Ids of the received messages, in order. */
  get ids(): readonly string[] {
    return this.received.map(({ webhookId }) => webhookId);
  }

  /** Resolves when a condition on the received events is met. */
  async until(condition: (received: readonly ReceivedEvent[]) => boolean): Promise<void> {
    while (!condition(this.received)) await this.#changed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #receive(request: Request): Promise<Response> {
    const body = await request.text();
    const event = this.#verify(request, body);
    if (event === undefined) return new Response("not signed", { status: 400 });
    this.received.push(event);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    const status = await this.respond(event, this.received.length);
    const headers = status >= 300 && status < 400 ? { Location: this.url } : {};
    return new Response("received", { status, headers: { ...headers, ...this.headers } });
  }

  #verify({ method, headers }: Request, body: string): ReceivedEvent | undefined {
    try {
      // The library returns the payload as unknown.
      new Webhook(this.secret).verify(body, Object.fromEntries(headers));
      if (method !== "POST" || headers.get("content-type") !== "application/json") {
        this.complaints.push(`${method} ${headers.get("content-type")}`);
      }
      return { webhookId: headers.get("webhook-id") ?? "", ...JSON.parse(body) };
    } catch (error) {
      this.complaints.push(String(error));
      return undefined;
    }
  }
}
