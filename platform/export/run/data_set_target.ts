import type { ExportDefinition } from "@archway/service_kit/export_definition.ts";
import { sequenceOf } from "../manifest/file_path.ts";
import {
  emptyManifest,
  formatManifest,
  type Manifest,
  type ManifestFile,
  type ReplacedFile,
} from "../manifest/manifest.ts";
import { mergeColumns } from "../manifest/merge_columns.ts";
import { parseManifest } from "../manifest/parse_manifest.ts";
import { PartitionFiles } from "../parquet/partition_files.ts";
import { type ExportStorage, ManifestConflict, type StoredManifest } from "../storage/storage.ts";
import type { ExportOptions } from "./export_options.ts";

interface TargetOptions {
  readonly storage: ExportStorage;
  readonly nowMs: () => number;
}

interface ManifestChange extends Pick<Manifest, "files" | "stream" | "days"> {
  readonly full?: boolean;
  /** Whether all rows are exported then. @default {false} */
  readonly isLast?: boolean;
  /** Files whose rows are in others of `files`. @default none */
  readonly merged?: readonly ManifestFile[];
}

/** Data set at its target: the manifest, and the files that it lists. */
export class DataSetTarget {
  readonly #definition: ExportDefinition;
  readonly #storage: ExportStorage;
  readonly #nowMs: () => number;
  readonly #run = crypto.randomUUID().slice(0, 8);
  #stored: StoredManifest | undefined;
  #isComplete = false;
  #manifest: Manifest;

  private constructor(
    definition: ExportDefinition,
    { storage, stored, nowMs }: TargetOptions & { readonly stored: StoredManifest | undefined },
  ) {
    this.#definition = definition;
    this.#storage = storage;
    this.#nowMs = nowMs;
    this.#stored = stored;
    this.#manifest = stored === undefined
      ? emptyManifest(definition)
      : parseManifest(stored.text, definition);
  }

  /**
   * Reads the manifest, and removes files that it does not list: those of exports that did not end, and those that were
   * merged into others long ago.
   *
   * @throws {CommandError} if the target holds something else.
   */
  static async open(
    definition: ExportDefinition,
    { storage, nowMs = Date.now }: Pick<ExportOptions, "storage" | "nowMs">,
  ): Promise<DataSetTarget> {
    const target = new DataSetTarget(definition, { storage, nowMs, stored: await storage.readManifest() });
    await target.removeUnlisted();
    return target;
  }

  /** Manifest as of the last commit. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Returns files that the next manifest can list. @param columns @default those of the definition */
  newFiles(columns = this.#definition.columns): PartitionFiles {
    return new PartitionFiles(this.#storage, {
      columns,
      run: this.#run,
      sequence: this.#manifest.sequence + 1,
    });
  }

  /**
   * Replaces the manifest. Readers see all of the change or nothing.
   *
   * @throws {ManifestConflict} if another export has replaced it.
   * @throws {CommandError} if a column has changed its type.
   */
  async commit(
    { files, full = false, isLast = false, merged = [], ...progress }: ManifestChange,
  ): Promise<void> {
    const { sequence, columns } = this.#manifest;
    const completedAt = isLast ? this.#now() : this.#manifest.completedAt;
    const until = this.#now(GRACE_MS);
    const replaced = [...(full ? [] : this.#replaced()), ...merged.map(({ path }) => ({ path, until }))];
    const manifest: Manifest = {
      ...emptyManifest(this.#definition),
      sequence: sequence + 1,
      ...(completedAt !== undefined && { completedAt }),
      columns: mergeColumns(this.#definition, { columns: full ? [] : columns }),
      rows: files.reduce((sum, { rows }) => sum + rows, 0),
      files: files.toSorted(byPath),
      ...(replaced.length > 0 && { replaced }),
      ...progress,
    };
    await this.#replace(manifest);
    this.#isComplete ||= isLast;
  }

  /**
   * Records that all rows are exported, unless a commit has. A data set that never had rows still has no manifest then. If
   * another export has replaced the manifest, that one remains: it lists these files or such with the same rows.
   */
  async complete(): Promise<void> {
    if (this.#isComplete || this.#stored === undefined) return;
    try {
      await this.#replace({ ...this.#manifest, completedAt: this.#now() });
    } catch (error) {
      const current = error instanceof ManifestConflict ? await this.#storage.readManifest() : undefined;
      const manifest = current && parseManifest(current.text, this.#definition);
      if (manifest === undefined || manifest.sequence < this.#manifest.sequence) throw error;
      this.#stored = current;
      this.#manifest = manifest;
    }
    this.#isComplete = true;
  }

  async #replace(manifest: Manifest): Promise<void> {
    this.#stored = await this.#storage.replaceManifest(formatManifest(manifest), this.#stored);
    this.#manifest = manifest;
  }

  /**
   * Removes files that the manifest does not list. Where another export may write at the same time, those that its
   * manifest could list remain.
   */
  async removeUnlisted(): Promise<void> {
    const listed = new Set([...this.#manifest.files, ...this.#replaced()].map(({ path }) => path));
    const last = this.#manifest.sequence + (this.#storage.isExclusive ? 1 : 0);
    for (const path of await this.#storage.list()) {
      const sequence = sequenceOf(path);
      if (sequence !== undefined && sequence <= last && !listed.has(path)) await this.#storage.remove(path);
    }
  }

  /** Returns the current time in UTC, or a later one. */
  #now(laterMs = 0): string {
    return new Date(this.#nowMs() + laterMs).toISOString();
  }

  /** Returns merged files that readers of earlier manifests may still use. */
  #replaced(): readonly ReplacedFile[] {
    const now = this.#nowMs();
    return this.#manifest.replaced?.filter(({ until }) => Date.parse(until) > now) ?? [];
  }
}

/** Time for which files remain that were merged into others: longer than any question takes, in milliseconds. */
const GRACE_MS = 24 * 3_600_000;

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}
