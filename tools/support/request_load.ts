/** Requests that a load has sent, and those without a proper response by what happened to them. */
export interface LoadResult {
  readonly succeeded: number;
  readonly connections: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** Number of clients of a load. */
export const CLIENTS = 8;

/**
 * Sends GET requests to a URL from several clients until the standard input ends, and prints a {@link LoadResult}. With
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
  let [succeeded, connections, isRunning] = [0, 0, true];
  const fail = (reason: string): void => void (failures[reason] = (failures[reason] ?? 0) + 1);

  async function useConnection(): Promise<void> {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    connections++;
    while (isRunning) {
      await connection.write(request);
      const head = await readResponse(connection);
      const status = head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length);
      if (status === "200") succeeded++;
      else fail(`status ${status}`);
      if (/\r\nconnection: close\r\n/i.test(head)) return;
    }
  }

  const clients = Array.from({ length: CLIENTS }, async () => {
    while (isRunning) await useConnection().catch((error: Error) => fail(`${error.name}: ${error.message}`));
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
  /** Ends it. */
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
  return {
    async end(): Promise<LoadResult> {
      await process.stdin.close();
      const { stdout } = await process.output();
      return JSON.parse(new TextDecoder().decode(stdout));
    },
  };
}

if (import.meta.main) await main(Deno.args);
