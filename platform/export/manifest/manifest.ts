import type { ExportColumnType, ExportDefinition } from "@archway/service_kit/export_definition.ts";

/** Name of the manifest in the folder of a data set. */
export const MANIFEST_FILE = "manifest.json";

/** Maximum size of a manifest in bytes, with hundreds of thousands of files. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** File that a manifest lists. */
export interface ManifestFile {
  /** Path in the folder of the data set, such as "day=2026-11-30/00000012-5e1f0a2b-1.parquet". */
  readonly path: string;
  /** Date in UTC that all of its rows have. */
  readonly day: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Column of the listed files, as far as they have it. */
export interface ManifestColumn {
  readonly name: string;
  readonly type: ExportColumnType;
}

/** Progress of a stream. Positions are decimal digits. */
export interface StreamProgress {
  /** Position up to which all rows are in the listed files. */
  readonly position: string;
  /** Fingerprint of the last positions, to recognize another history. */
  readonly fingerprint: { readonly after: string; readonly value: string };
}

/** File whose rows are in another one by now. */
export interface ReplacedFile {
  readonly path: string;
  /** Time from which the next export removes it. Until then, readers with an earlier manifest find it. */
  readonly until: string;
}

/** Digest of a day of a table, as exported. */
export interface ExportedDay {
  readonly rows: string;
  readonly digest: string;
}

/** List of the files that make up a data set. It is replaced as a whole, so that a reader gets each row once. */
export interface Manifest {
  readonly format: 1;
  readonly dataSet: string;
  readonly kind: ExportDefinition["kind"];
  /** Number of the list of files, from 1. */
  readonly sequence: number;
  /** Time of the last export of all rows, in UTC. @default none was complete */
  readonly completedAt?: string;
  readonly columns: readonly ManifestColumn[];
  readonly rows: number;
  readonly files: readonly ManifestFile[];
  readonly stream?: StreamProgress;
  readonly days?: Readonly<Record<string, ExportedDay>>;
  /** Files that were merged into others. @default none */
  readonly replaced?: readonly ReplacedFile[];
}

/** Returns the manifest of a data set that was never exported. */
export function emptyManifest({ name, kind }: ExportDefinition): Manifest {
  return { format: 1, dataSet: name, kind, sequence: 0, columns: [], rows: 0, files: [] };
}

/** Returns the text of a manifest, with a line for each file. */
export function formatManifest({ files, ...manifest }: Manifest): string {
  const head = JSON.stringify(manifest, undefined, 2).replace(/\n\}$/, "");
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(",\n");
  return `${head},\n  "files": [${lines === "" ? "" : `\n${lines}\n  `}]\n}\n`;
}
