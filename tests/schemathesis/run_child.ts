/** How a child process is run. */
export interface ChildOptions {
  /** It is ended after that, in milliseconds. */
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Whether its output is shown as it comes, and not only kept. @default {false} */
  readonly shown?: boolean;
}

/** How it ended. */
export interface ChildEnding {
  /** Undefined when its time was up. */
  readonly code: number | undefined;
  /** Everything it wrote, to either stream. */
  readonly output: string;
}

/**
 * Runs a command to its end, or ends it.
 *
 * @throws {Deno.errors.NotFound} when there is no such command.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { timeoutMs, cwd, shown = false }: ChildOptions,
): Promise<ChildEnding> {
  const time = AbortSignal.timeout(timeoutMs);
  const process = new Deno.Command(command, {
    args: [...args],
    ...(cwd !== undefined && { cwd }),
    env: { NO_COLOR: "1", PYTHONUNBUFFERED: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: time,
  }).spawn();
  let output = "";
  async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      if (shown) await Deno.stdout.write(new TextEncoder().encode(text));
    }
  }
  const [{ code }] = await Promise.all([process.status, read(process.stdout), read(process.stderr)]);
  return { code: time.aborted ? undefined : code, output };
}
