/** Options of {@link runChild}. */
export interface ChildOptions {
  /** Timeout in milliseconds, after which it is killed. */
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Whether its output is also printed as it arrives. @default {false} */
  readonly shown?: boolean;
}

/** Result of a child process. */
export interface ChildResult {
  /** Undefined on timeout. */
  readonly code: number | undefined;
  /** Output of both streams. */
  readonly output: string;
}

/**
 * Runs a command and waits for its end or the timeout.
 *
 * @throws {Deno.errors.NotFound} when the command does not exist.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { timeoutMs, cwd, shown = false }: ChildOptions,
): Promise<ChildResult> {
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
