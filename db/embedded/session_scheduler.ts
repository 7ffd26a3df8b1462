import {
  closeStatementMessage,
  queryMessage,
  renameStatement,
  syncMessage,
  takeMessages,
} from "./frontend_messages.ts";

/** The one session of the database: takes whole protocol messages, gives the server's answer. */
export type Execute = (messages: Uint8Array) => Promise<Uint8Array>;

/** A client of the session. */
export interface SessionClient {
  /** Hands over what the server answers. */
  send(answer: Uint8Array): void;
  /** Ends the connection: the client said goodbye, or the session failed under it. */
  close(): void;
}

/**
 * Lets many clients take turns in one session. A client that begins to talk keeps the session until the server is
 * idle again, outside of any transaction; the others wait in order. Names of prepared statements are kept apart.
 */
export class SessionScheduler {
  readonly #execute: Execute;
  readonly #waiting = new Set<Talk>();
  #owner: Talk | undefined;
  #running = false;
  #nextId = 1;

  constructor(execute: Execute) {
    this.#execute = execute;
  }

  /** Takes a client in. */
  join(client: SessionClient): Talk {
    const talk: Talk = new Talk(this.#nextId++, client, {
      spoke: () => {
        if (talk !== this.#owner) this.#waiting.add(talk);
        this.#run();
      },
      left: () => {
        this.#waiting.delete(talk);
        talk.sayFarewell(talk === this.#owner);
        if (talk.hasMore) this.#waiting.add(talk);
        this.#run();
      },
    });
    return talk;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let talk = this.#next(); talk !== undefined; talk = this.#next()) {
        await this.#serve(talk);
      }
    } finally {
      this.#running = false;
    }
  }

  #next(): Talk | undefined {
    if (this.#owner !== undefined) return this.#owner.hasMore ? this.#owner : undefined;
    const [first] = this.#waiting;
    return first;
  }

  async #serve(talk: Talk): Promise<void> {
    this.#waiting.delete(talk);
    this.#owner = talk;
    try {
      const answer = await this.#execute(talk.take());
      if (endsIdle(answer) || !talk.isOpen) this.#owner = undefined;
      talk.client.send(answer);
    } catch {
      // A fault of the engine ends the client it happened to, never the queue. It leaves as the owner, so that
      // what it had begun is rolled back.
      if (talk.isOpen) talk.client.close();
      else this.#owner = undefined;
    }
  }
}

interface TalkEvents {
  /** Whole messages wait. */
  spoke(): void;
  left(): void;
}

/** One client's side of the conversation. */
export class Talk {
  readonly #id: number;
  readonly #events: TalkEvents;
  readonly #statements = new Set<string>();
  #buffer: Uint8Array = new Uint8Array(0);
  #ready: readonly Uint8Array[] = [];
  #open = true;

  constructor(id: number, readonly client: SessionClient, events: TalkEvents) {
    this.#id = id;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether whole messages wait for their turn. */
  get hasMore(): boolean {
    return this.#ready.length > 0;
  }

  /** Takes bytes as they come. */
  receive(bytes: Uint8Array): void {
    if (!this.#open) return;
    const { value, rest } = takeMessages(concat([this.#buffer, bytes]));
    this.#buffer = rest;
    const messages = value.messages.map((message) =>
      renameStatement(message, (name) => this.#statement(name))
    );
    this.#ready = [...this.#ready, ...messages];
    if (this.hasMore) this.#events.spoke();
    if (value.terminated) this.client.close();
  }

  /** The connection is gone: what it left in the session is cleared up. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.left();
  }

  /** Everything to execute next. */
  take(): Uint8Array {
    const messages = this.#ready;
    this.#ready = [];
    return concat(messages);
  }

  /** Replaces what waits: a transaction or a series of messages that it is in is ended, its statements forgotten. */
  sayFarewell(isOwner: boolean): void {
    const closes = [...this.#statements].map(closeStatementMessage);
    const ends = isOwner ? [syncMessage, queryMessage("ROLLBACK")] : [];
    this.#ready = closes.length > 0 ? [...ends, ...closes, syncMessage] : ends;
  }

  #statement(name: string): string {
    const unique = `${this.#id}/${name}`;
    this.#statements.add(unique);
    return unique;
  }
}

/** ReadyForQuery with "I": idle, in no transaction. */
function endsIdle(answer: Uint8Array): boolean {
  const start = answer.length - 6;
  return answer[start] === 0x5a && answer[start + 4] === 5 && answer[start + 5] === 0x49;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
