/** Requests that a load has sent, and those without a proper response by what happened to them. */
export interface LoadResult {
  readonly succeeded: number;
  readonly connections: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** Number of clients of a load. */
export const CLIENTS = 8;

/**
 * Sends GET requests to a URL from several clients until the standard input ends, and prints a {@link LoadResult}, after an
 * empty line as soon as every client has had a response or a failure. With
 * `new` each request has a connection of its own, with `kept` a client reuses its connection until the server ends it by
 * `Connection: close`. Never repeats a request, so that each one that is lost counts.
 */
async function main([mode, url = ""]: readonly string[]): Promise<void> {
  const { hostname, port, pathname, search } = new URL(url);
  const closes = mode === "new";
  const request = new TextEncoder().encode(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: localhost\r\n${closes ? "Connection: close\r\n" : ""}\r\n`,
  );
  const failures: Record<string, number> = {};
  let [succeeded, connections, started, isRunning] = [0, 0, 0, true];
  const fail = (reason: string): void => void (failures[reason] = (failures[reason] ?? 0) + 1);

  async function useConnection(onResponse: () => void): Promise<void> {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    connections++;
    while (isRunning) {
      await connection.write(request);
      const head = await readResponse(connection);
      const status = head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length);
      if (status === "200") succeeded++;
      else fail(`status ${status}`);
      onResponse();
      if (/\r\nconnection: close\r\n/i.test(head)) return;
    }
  }

  const clients = Array.from({ length: CLIENTS }, async () => {
    let isFirst = true;
    const onOutcome = (): void => {
      if (isFirst && ++started === CLIENTS) Deno.stdout.writeSync(new TextEncoder().encode("\n"));
      isFirst = false;
    };
    while (isRunning) {
      await useConnection(onOutcome).catch((error: Error) => fail(`${error.name}: ${error.message}`));
      onOutcome();
    }
  });
  await Deno.stdin.readable.pipeTo(new WritableStream());
  isRunning = false;
  await Promise.all(clients);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ succeeded, connections, failures })));
}

/** Reads a response with Content-Length, and returns its head. */
async function readResponse(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error(`connection ended after ${text.length} bytes of the response`);
    text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const head = text.slice(0, end + 2);
    const [, length = "0"] = /\r\ncontent-length: (\d+)\r\n/i.exec(head) ?? [];
    if (text.length >= end + 4 + Number(length)) return head;
  }
}

/** Load by a process of its own. */
export interface Load {
  /** Resolves when every client has had a response or a failure. */
  readonly started: Promise<void>;
  /** Ends it once it has started. */
  end(): Promise<LoadResult>;
}

/** Starts a load in a process. */
export function startLoad(
  mode: "new" | "kept",
  url: string,
  { networkNamespace }: { readonly networkNamespace?: string } = {},
): Load {
  const command = [Deno.execPath(), "run", "-q", "-P=conform", import.meta.filename ?? "", mode, url];
  const [file = "", ...args] = networkNamespace === undefined
    ? command
    : ["ip", "netns", "exec", networkNamespace, ...command];
  const process = new Deno.Command(file, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const read = async (): Promise<boolean> => {
    const { done, value = "" } = await reader.read();
    text += value;
    return !done;
  };
  const started = read().then(() => {});
  return {
    started,
    async end(): Promise<LoadResult> {
      await started;
      await process.stdin.close();
      while (await read());
      await process.status;
      return JSON.parse(text);
    },
  };
}

if (import.meta.main) await main(Deno.args);
