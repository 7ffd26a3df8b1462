/** Texts of systems and of the embedded database for a process without free file descriptors (EMFILE). */
const OUT_OF_FILES = /\bEMFILE\b|too many open files|no file descriptors available/i;

/** Message for the operator, with the remedy. */
export const OUT_OF_FILES_TEXT =
  "Too many open files: the limit of the system (ulimit -Hn) is too low; raise it to 1024 or more, with " +
  "LimitNOFILE= of systemd, or ulimits of the container\n";

/** Whether an error, one of its causes, or one of the errors that it gathers is that no more files can be opened. */
export function isOutOfFiles(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false;
  if (OUT_OF_FILES.test(error.message)) return true;
  const inner: readonly unknown[] = error instanceof SuppressedError
    ? [error.error, error.suppressed]
    : error instanceof AggregateError
    ? error.errors
    : [];
  return [error.cause, ...inner].some((each) => isOutOfFiles(each, depth + 1));
}
