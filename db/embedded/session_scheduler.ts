import { type SessionClient, Talk } from "./talk.ts";

/** The one session of the database: takes whole protocol messages, gives the server's answer. */
export type Execute = (messages: Uint8Array) => Promise<Uint8Array>;

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

/** ReadyForQuery with "I": idle, in no transaction. */
function endsIdle(answer: Uint8Array): boolean {
  const start = answer.length - 6;
  return answer[start] === 0x5a && answer[start + 4] === 5 && answer[start + 5] === 0x49;
}
