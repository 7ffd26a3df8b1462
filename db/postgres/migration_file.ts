import type { MigrationSource } from "../db.ts";

/** One migration, read from its file. */
export interface Migration {
  /** The digits the file's name begins with; they order all migrations. */
  readonly version: string;
  readonly fileName: string;
  /** Who owns it, for messages. */
  readonly source: string;
  /** The statements of its `-- migrate:up` part. */
  readonly up: string;
}

/**
 * Every migration of every source, in order of version. Throws when two have one version or a file is not in
 * dbmate's format.
 */
export async function readMigrations(sources: readonly MigrationSource[]): Promise<readonly Migration[]> {
  const migrations: Migration[] = [];
  for (const { name, directory } of sources) {
    for await (const { name: fileName, isFile } of Deno.readDir(directory)) {
      if (!isFile || !fileName.endsWith(".sql")) continue;
      const version = /^(\d+)_/.exec(fileName)?.[1];
      if (version === undefined) {
        throw new Error(`Migration ${fileName} of ${name} does not begin with a version and an underscore`);
      }
      const text = await Deno.readTextFile(`${directory}/${fileName}`);
      migrations.push({
        version,
        fileName,
        source: name,
        up: parseMigration(text, `${fileName} of ${name}`),
      });
    }
  }
  migrations.sort((left, right) => left.version < right.version ? -1 : left.version > right.version ? 1 : 0);
  for (const [index, { version, fileName }] of migrations.entries()) {
    const next = migrations[index + 1];
    if (next?.version === version) {
      throw new Error(`Migrations ${fileName} and ${next.fileName} have the same version`);
    }
  }
  return migrations;
}

/** The part of the text that brings the schema up. `title` names the file in errors. */
export function parseMigration(text: string, title: string): string {
  const marks = [...text.matchAll(/^--[ \t]*migrate:(up|down)([^\n]*)$/gm)];
  const [first, second] = marks;
  if (first?.[1] !== "up" || marks.length > 2 || (second !== undefined && second[1] !== "down")) {
    throw new Error(
      `Migration ${title} needs one "-- migrate:up" and after it at most one "-- migrate:down"`,
    );
  }
  if (first[2]?.trim()) {
    throw new Error(
      `Migration ${title} has options after "migrate:up", and every migration runs in a transaction`,
    );
  }
  const up = text.slice(first.index + first[0].length, second?.index).trim();
  if (up === "") throw new Error(`Migration ${title} is empty`);
  return up;
}
