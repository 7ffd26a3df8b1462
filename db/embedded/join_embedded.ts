import type { InstanceConfig } from "../postgres/pool_config.ts";
import { withDirectoryErrors } from "./directory_errors.ts";
import { DirectoryInUseError } from "./embedded_error.ts";
import { findSocketDirectory, isServed, isShared } from "./socket_directory.ts";
import {
  type EmbeddedDatabase,
  instanceAt,
  socketOf,
  startEmbedded,
  type StartEmbeddedOptions,
} from "./start_embedded.ts";

/** Options of {@link joinEmbedded}. */
export interface JoinEmbeddedOptions extends StartEmbeddedOptions {
  /** Whether to use the database of a process that shares it. Otherwise that is an error. */
  readonly joins: boolean;
  /** Called once if it has to wait for another process for a second. */
  readonly onWait?: () => void;
  /**
   * Maximum wait for a process that has the directory open without sharing it, in milliseconds.
   *
   * @default 10_000
   */
  readonly maxWaitMs?: number;
}

/** PostgreSQL inside this process or another one. */
export interface JoinedDatabase extends EmbeddedDatabase {
  /** Whether it is inside another process, with which it ends. */
  readonly isElsewhere: boolean;
}

/** Wait after which it is reported, in milliseconds. */
const REPORT_MS = 1_000;

const RETRY_MS = 100;

/**
 * Starts the database, or uses that of another thread or process, which disposing leaves running. Waits while a process
 * starts it, or has it for itself, as a command does.
 *
 * @throws {EmbeddedError} as {@link startEmbedded}.
 */
export async function joinEmbedded(
  { joins, onWait, maxWaitMs = 10_000, ...options }: JoinEmbeddedOptions,
): Promise<JoinedDatabase> {
  const { dataDirectory } = options;
  const startedAt = performance.now();
  for (let isReported = false;;) {
    const instance = await withDirectoryErrors(dataDirectory, () => findEmbedded(dataDirectory));
    if (joins && instance !== undefined) {
      return { instance, isElsewhere: true, [Symbol.asyncDispose]: () => Promise.resolve() };
    }
    try {
      return Object.assign(await startEmbedded(options), { isElsewhere: false });
    } catch (error) {
      const waitedMs = performance.now() - startedAt;
      if (!(error instanceof DirectoryInUseError) || instance !== undefined) throw error;
      if (waitedMs > maxWaitMs) {
        throw joins && await isShared(dataDirectory) ? socketGone(dataDirectory, error) : error;
      }
      if (!isReported && waitedMs > REPORT_MS) {
        onWait?.();
        isReported = true;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function socketGone(dataDirectory: string, cause: DirectoryInUseError): DirectoryInUseError {
  return new DirectoryInUseError(
    `The embedded database in ${dataDirectory} is in use by a program whose socket is gone: restart that program`,
    { cause },
  );
}

/** Returns the connection configuration of a database that a thread or process shares, if it responds. */
async function findEmbedded(dataDirectory: string): Promise<InstanceConfig | undefined> {
  const host = await findSocketDirectory(dataDirectory);
  if (host === undefined) return undefined;
  const instance = { ...instanceAt(host), maxConnections: 1 };
  return await isServed(socketOf(instance)) ? instance : undefined;
}
