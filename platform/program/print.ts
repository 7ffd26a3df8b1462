type Output = Pick<typeof Deno.stdout, "write">;

/** What each output is still taking. */
const UNDER_WAY = new WeakMap<Output, Promise<void>>();

/** Writes a text to the standard output or error, whole, after whatever was to be written there before. */
export function print(output: Output, text: string): Promise<void> {
  const writing = (UNDER_WAY.get(output) ?? Promise.resolve()).then(() => writeAll(output, text));
  UNDER_WAY.set(output, writing.catch(() => undefined));
  return writing;
}

/** Tells on the standard error how things go. They go on where nobody can read it. */
export function notify(text: string, output: Output = Deno.stderr): void {
  void print(output, text).catch(() => undefined);
}

async function writeAll(output: Output, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += await output.write(bytes.subarray(start));
}
