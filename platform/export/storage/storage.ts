import { CommandError } from "@archway/service_kit/command.ts";

/** Another export has replaced the manifest since it was read. */
export class ManifestConflict extends CommandError {}

/** A manifest as it is stored. */
export interface StoredManifest {
  readonly text: string;
  /** Tag of this version of the object; undefined where a lock excludes other writers. */
  readonly tag?: string;
}

/** File that is being written. Other programs see it when it is closed, and then all of it. */
export interface FileSink {
  /** Writes bytes, which may change after the promise resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the file durable. */
  close(): Promise<void>;
  /** Leaves nothing of the file, as far as possible. Never rejects. */
  abort(): Promise<void>;
}

/** Folder of a data set. Paths are relative to it, with forward slashes. */
export interface ExportStorage extends AsyncDisposable {
  /** Whether no other export can write to it until it is disposed. */
  readonly isExclusive: boolean;
  /** Returns undefined if there is none yet. */
  readManifest(): Promise<StoredManifest | undefined>;
  /**
   * Replaces the manifest by another one, in one step and durably.
   *
   * @param replaced Manifest that was read or written last.
   * @throws {ManifestConflict} if it is another one by now.
   */
  replaceManifest(text: string, replaced: StoredManifest | undefined): Promise<StoredManifest>;
  createFile(path: string): Promise<FileSink>;
  /** Returns the content of a file that the manifest lists. */
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Returns the paths of all files except the manifest, unfinished ones included. */
  list(): Promise<readonly string[]>;
  /** Removes a file, if it exists. */
  remove(path: string): Promise<void>;
}
