type Output = Pick<typeof Deno.stdout, "write">;

/** Pending writes by output. */
const PENDING = new WeakMap<Output, Promise<void>>();

/** Exit code after a {@link ClosedOutputError}, as in shells: 128 plus the number of SIGPIPE. */
export const CLOSED_OUTPUT_CODE = 141;

/** The reader of an output has closed it, as `head` does. */
export class ClosedOutputError extends Error {
  override readonly name = "ClosedOutputError";
}

/**
 * Writes a whole text to the standard output or error, after all earlier texts.
 *
 * @throws {ClosedOutputError} if its reader has closed it.
 */
export function print(output: Output, text: string): Promise<void> {
  const writing = (PENDING.get(output) ?? Promise.resolve()).then(() => writeAll(output, text));
  PENDING.set(output, writing.catch(() => undefined));
  return writing;
}

/** Writes a message to the standard error without waiting for it. Failures are ignored, such as a closed pipe. */
export function notify(text: string, output: Output = Deno.stderr): void {
  void print(output, text).catch(() => undefined);
}

async function writeAll(output: Output, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let start = 0; start < bytes.length;) start += await output.write(bytes.subarray(start));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BrokenPipe)) throw cause;
    throw new ClosedOutputError("The output was closed", { cause });
  }
}
