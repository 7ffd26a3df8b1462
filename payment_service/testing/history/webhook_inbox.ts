import { Webhook } from "standardwebhooks";
import { minorUnits } from "./transfer_history.ts";

/** Event that a receiver was sent. */
export interface Reception {
  /** Position of the event in its stream, such as "payment-01a2…@1". */
  readonly event: string;
  /** Id of the message, which its repetitions share. */
  readonly message: string;
  readonly payment: string;
  /** Minor units of a refund; zero for a payment. */
  readonly refunded: number;
  /** Whether the response was 200. */
  readonly isAccepted: boolean;
}

/**
 * Receiver of a webhook on loopback that is slow at times, and fails at times. It verifies signatures at their own time, as
 * clocks may jump. Disposing closes it.
 */
export class WebhookInbox implements AsyncDisposable {
  readonly receptions: Reception[] = [];
  /** Share of the events that are refused with 500. */
  failing = 0;
  delayMs = 0;
  secret = "";
  /** Whether a test event has arrived. */
  isReached = false;
  /** Number of messages that are not signed with the secret. */
  invalid = 0;
  readonly #random: () => number;
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    (request) => this.#receive(request),
  );

  /** @param random Returns a number from 0 to less than 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #receive(request: Request): Promise<Response> {
    const body = await request.text();
    const [message = "", seconds, signatures] = ["id", "timestamp", "signature"].map((name) =>
      request.headers.get(`webhook-${name}`) ?? ""
    );
    const signature = new Webhook(this.secret).sign(message, new Date(Number(seconds) * 1000), body);
    if (!signatures?.split(" ").includes(signature)) {
      this.invalid++;
      return new Response(null, { status: 400 });
    }
    const { id: event, type, data } = JSON.parse(body);
    if (type === "webhook.test") this.isReached = true;
    else {
      const isAccepted = this.#random() >= this.failing;
      const refunded = type === "payment.refunded" ? minorUnits(data.amount.amount) : 0;
      await new Promise((resolve) => setTimeout(resolve, this.delayMs));
      this.receptions.push({ event, message, payment: data.paymentId, refunded, isAccepted });
      if (!isAccepted) return new Response(null, { status: 500 });
    }
    return new Response();
  }
}
