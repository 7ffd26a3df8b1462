import { readLimitedBody } from "@archway/server/limited_body.ts";
import type { InspectedService } from "@archway/service_kit/developer_view.ts";
import { shownHeaders } from "../recorder/recorded_request.ts";

/** Message that an inbox has received. */
export interface InboxMessage {
  readonly id: number;
  readonly inbox: string;
  /** RFC 3339 in UTC. */
  readonly time: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** First {@link MAX_BODY} bytes of the body. */
  readonly body: string;
  readonly isCut: boolean;
  /** Result of verifying its signature, as a sentence. */
  readonly signature: Promise<Signature>;
  /** Status of the response to it. */
  readonly status: number;
}

/** Result of verifying a signature. */
export interface Signature {
  readonly text: string;
  readonly isBad: boolean;
}

/** Limits of what is kept, over all inboxes. */
const MAX_MESSAGES = 200;
const MAX_BODY = 65_536;

/** Names of inboxes, as the last part of their addresses. */
const NAME = /^[\w.-]{1,64}$/;

const UNKNOWN: Signature = { text: "Not verified: no webhook of this program has its URL", isBad: false };

/** Receivers to point webhooks at, one for each name. They keep the last messages, and respond with a chosen status. */
export class Inbox {
  /** Oldest first. */
  readonly #messages: InboxMessage[] = [];
  readonly #statuses = new Map<string, number>();
  #nextId = 1;

  /** Keeps a message, and returns the response; undefined if the name is none of an inbox. */
  async receive(
    request: Request,
    { inbox, services }: { readonly inbox: string; readonly services: readonly InspectedService[] },
  ): Promise<Response | undefined> {
    if (!NAME.test(inbox)) return undefined;
    const { url, method, headers } = request;
    const { bytes, isCut } = await readLimitedBody(request.body, MAX_BODY);
    // Without the part of a character at the end of what is kept.
    const body = new TextDecoder().decode(bytes, { stream: isCut });
    const status = this.statusOf(inbox);
    this.#messages.push({
      ...{ id: this.#nextId++, inbox, method, url, body, isCut, status },
      time: new Date().toISOString(),
      headers: shownHeaders(headers),
      // The sender does not wait for it.
      signature: isCut
        ? Promise.resolve({ text: "Not verified: its body is longer than what is kept", isBad: false })
        : verify({ url, headers, body }, services),
    });
    if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
    return new Response(status === 204 ? null : "Received\n", { status });
  }

  /** Returns messages, newest first. @param inbox Its name. @default all */
  messages(inbox?: string): readonly InboxMessage[] {
    return this.#messages.filter((message) => inbox === undefined || message.inbox === inbox).toReversed();
  }

  /** Returns the status with which an inbox responds. */
  statusOf(inbox: string): number {
    return this.#statuses.get(inbox) ?? 204;
  }

  /** Chooses the status with which an inbox responds from now on. */
  respondWith(inbox: string, status: number): void {
    if (this.#statuses.size < MAX_MESSAGES || this.#statuses.has(inbox)) this.#statuses.set(inbox, status);
  }

  /** Removes the messages of an inbox. */
  clear(inbox: string): void {
    const others = this.#messages.filter((message) => message.inbox !== inbox);
    this.#messages.splice(0, Infinity, ...others);
  }
}

/** Verifies a signature by the first service that knows the sender. Never rejects. */
async function verify(
  message: { readonly url: string; readonly headers: Headers; readonly body: string },
  services: readonly InspectedService[],
): Promise<Signature> {
  try {
    for (const { developer } of services) {
      const isValid = await developer?.verifySignature?.(message);
      if (isValid === undefined) continue;
      return isValid ? { text: "Valid", isBad: false } : {
        text: "Not valid: no secret of the webhooks with its URL made it, or it is too old",
        isBad: true,
      };
    }
    return UNKNOWN;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { text: `Not verified: ${reason}`, isBad: false };
  }
}
