import { Webhook } from "standardwebhooks";

/** An event as a receiver was told it. */
export interface ReceivedEvent {
  /** The message's id. */
  readonly webhookId: string;
  readonly type: string;
  readonly timestamp: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How the receiver answers: a status, or whatever comes in its time. */
export type Responder = (event: ReceivedEvent, count: number) => number | Promise<number>;

/** A receiver on loopback that checks the signature of everything that it is told, as its owner would. */
export class WebhookReceiver implements AsyncDisposable {
  /** Everything it was told with a signature of its secret, in order. */
  readonly received: ReceivedEvent[] = [];
  /** What was wrong with what it was told. */
  readonly complaints: string[] = [];
  /** How it answers from now on. */
  respond: Responder = () => 200;
  /** What everything has to be signed with; whoever tells its URL to get the secret sets it then. */
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

  /** The ids of the messages it was told, in order. */
  get ids(): readonly string[] {
    return this.received.map(({ webhookId }) => webhookId);
  }

  /** Resolves when it is so. */
  async until(isSo: (received: readonly ReceivedEvent[]) => boolean): Promise<void> {
    while (!isSo(this.received)) await this.#changed.promise;
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
    return new Response("answered", { status, headers });
  }

  #verify({ method, headers }: Request, body: string): ReceivedEvent | undefined {
    try {
      // The library has the type of what was sent as unknown.
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
