import { withDirectoryErrors } from "@archway/db/embedded/directory_errors.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { print } from "./print.ts";

/** Writes a text, and resolves once it is written. */
export type Write = (text: string) => Promise<void>;

/** Options of {@link spool}. */
export interface SpoolOptions<T> {
  /** Writes the text, such as in a transaction. */
  readonly fill: (write: Write) => Promise<T>;
  /** Takes the whole text after that. */
  readonly write: Write;
  /** Data directory of the embedded database, for the file. @default the directory of temporary files */
  readonly directory: string | undefined;
  /** Number of characters that need no file. @default 4 Mi */
  readonly memory?: number;
}

/**
 * Runs a function that writes a text, and passes the text on after the function has completed, so that a transaction of
 * the function does not wait for a reader. Meanwhile it is in memory, and a long one in a file that has no name.
 *
 * @throws {CommandError | EmbeddedError} if that file cannot be written.
 */
export async function spool<T>(
  { fill, write, directory, memory = 4 * 1024 * 1024 }: SpoolOptions<T>,
): Promise<T> {
  using stack = new DisposableStack();
  let file: Deno.FsFile | undefined;
  let texts: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const text = texts.join("");
    [texts, size] = [[], 0];
    file ??= stack.use(await openUnnamed(directory));
    await print(file, text);
  };
  const result = await fill(async (text) => {
    texts.push(text);
    size += text.length;
    if (size > memory) await withReason(directory, flush);
  });
  if (file !== undefined) await copy(file, write);
  for (const text of texts) await write(text);
  return result;
}

async function copy(file: Deno.FsFile, write: Write): Promise<void> {
  await file.seek(0, Deno.SeekMode.Start);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    await write(decoder.decode(buffer.subarray(0, size), { stream: true }));
  }
}

async function withReason(directory: string | undefined, run: () => Promise<void>): Promise<void> {
  if (directory !== undefined) return await withDirectoryErrors(directory, run);
  try {
    await run();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const reason = `The temporary file of a long output cannot be written (${cause.message})`;
    throw new CommandError(`${reason}; set TMPDIR to a directory with space for it`, { cause });
  }
}

/** Opens a file that only this process has, which the system removes in any case. */
async function openUnnamed(directory: string | undefined): Promise<Deno.FsFile> {
  const path = await Deno.makeTempFile({
    prefix: "spool_",
    ...(directory !== undefined && { dir: directory }),
  });
  try {
    return await Deno.open(path, { read: true, write: true });
  } finally {
    await Deno.remove(path);
  }
}
