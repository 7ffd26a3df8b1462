/** Event of a stream (HTML, section 9.2). */
export interface ReceivedEvent {
  readonly event?: string;
  readonly data: string;
  readonly id?: string;
}

/** Client of an event stream. Comments are skipped. Disposing disconnects. */
export class EventReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Connects. @throws {Error} if the response is no event stream. */
  static async open(url: string, init: RequestInit): Promise<EventReader> {
    const { status, headers, body } = await fetch(url, init);
    const type = headers.get("Content-Type");
    if (status === 200 && body !== null && type?.startsWith("text/event-stream")) {
      return new EventReader(body);
    }
    await body?.cancel();
    throw new Error(`The response has the status ${status} and the type ${type}`);
  }

  /** Returns the next event. @throws {Error} if the stream ends before it. */
  async next(): Promise<ReceivedEvent> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) {
        if (await this.#read()) continue;
        throw new Error("The stream has ended");
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const fields = block.split("\n").filter((line) => !line.startsWith(":"));
      if (fields.length === 0) continue;
      const of = (name: string): string | undefined =>
        fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [event, id] = [of("event"), of("id")];
      return {
        ...(event !== undefined && { event }),
        ...(id !== undefined && { id }),
        data: of("data") ?? "",
      };
    }
  }

  /** Waits for the regular end of the stream, and returns what came before it. */
  async end(): Promise<string> {
    while (await this.#read());
    return this.#text;
  }

  async #read(): Promise<boolean> {
    const { done, value = "" } = await this.#reader.read();
    this.#text += value;
    return !done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}
