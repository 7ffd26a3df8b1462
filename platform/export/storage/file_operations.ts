/** File that is open for writing. */
export interface OpenFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until the bytes are on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/** Operations of the file system that change something. */
export interface FileOperations {
  /** Creates a file, in place of one of that name. */
  create(path: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

/** Operations of this machine. */
export const SYSTEM_FILES: FileOperations = {
  async create(path): Promise<OpenFile> {
    // A link of the name, to a file elsewhere, is not followed.
    await SYSTEM_FILES.remove(path);
    const file = await Deno.open(path, { write: true, createNew: true, mode: 0o640 });
    return {
      async write(bytes): Promise<void> {
        for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename: (from, to) => Deno.rename(from, to),
  async remove(path): Promise<void> {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  },
  async makeFolder(path): Promise<void> {
    await Deno.mkdir(path, { recursive: true, mode: 0o750 });
  },
  async syncFolder(path): Promise<void> {
    // Windows has no such operation.
    if (Deno.build.os === "windows") return;
    using folder = await Deno.open(path);
    await folder.sync();
  },
};
