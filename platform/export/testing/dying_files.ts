import { type FileOperations, type OpenFile, SYSTEM_FILES } from "../storage/file_operations.ts";

/**
 * Returns operations of which one kills the process: before it has any effect, or in the middle of a write. The number of
 * operations is written to the standard output otherwise.
 */
export function dyingFiles(dieAt: number): FileOperations & { readonly count: () => number } {
  let count = 0;
  const isLast = (): boolean => ++count === dieAt;
  const step = (): void => {
    if (isLast()) Deno.kill(Deno.pid, "SIGKILL");
  };
  return {
    count: () => count,
    async create(path): Promise<OpenFile> {
      step();
      const file = await SYSTEM_FILES.create(path);
      return {
        async write(bytes): Promise<void> {
          if (isLast()) {
            await file.write(bytes.subarray(0, bytes.length / 2));
            Deno.kill(Deno.pid, "SIGKILL");
          }
          await file.write(bytes);
        },
        async sync(): Promise<void> {
          step();
          await file.sync();
        },
        close: () => file.close(),
      };
    },
    async rename(from, to): Promise<void> {
      step();
      await SYSTEM_FILES.rename(from, to);
    },
    async remove(path): Promise<void> {
      step();
      await SYSTEM_FILES.remove(path);
    },
    async makeFolder(path): Promise<void> {
      step();
      await SYSTEM_FILES.makeFolder(path);
    },
    async syncFolder(path): Promise<void> {
      step();
      await SYSTEM_FILES.syncFolder(path);
    },
  };
}
