/** Parts of the path of a file. */
export interface FileName {
  readonly day: string;
  /** Number of the manifest that the file was written for. */
  readonly sequence: number;
  readonly run: string;
  readonly number: number;
}

const FORM = /^day=(\d{4}-\d{2}-\d{2})\/(\d{8,15})-[0-9a-f]{8}-\d+\.parquet(\.tmp)?$/;

/** Returns the path of a file. The folder is a partition in Hive's style, which most engines read. */
export function filePath({ day, sequence, run, number }: FileName): string {
  return `day=${day}/${String(sequence).padStart(8, "0")}-${run}-${number}.parquet`;
}

/** Returns the number of the manifest that a file was written for; undefined for files of others. */
export function sequenceOf(path: string): number | undefined {
  const [, , digits] = FORM.exec(path) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Returns the day of a complete file; undefined for a path of another form, which could lead anywhere. */
export function dayOf(path: string): string | undefined {
  const [, day, , unfinished] = FORM.exec(path) ?? [];
  return unfinished === undefined ? day : undefined;
}
