/** Options for watching documents. */
export interface DocumentChangesOptions {
  /** Time without a further change after which changes are reported, in milliseconds. @default 150 */
  readonly quietMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Watches folders from now on, and yields after each change of documents or configurations, also of those before the first
 * `next()`. Changes in quick succession, as editors make when they save, are one.
 */
export function documentChanges(
  folders: readonly string[],
  { quietMs = 150, signal }: DocumentChangesOptions = {},
): AsyncGenerator<void> {
  const watcher = Deno.watchFs([...folders]);
  const stop = (): void => watcher.close();
  signal?.addEventListener("abort", stop, { once: true });
  let waiting = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isOpen = (async (): Promise<boolean> => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || !paths.some((path) => /\.(?:ya?ml|json)$/.test(path))) continue;
      clearTimeout(timer);
      timer = setTimeout(() => waiting.resolve(), quietMs);
    }
    clearTimeout(timer);
    return false;
  })();
  return (async function* (): AsyncGenerator<void> {
    try {
      while (await Promise.race([waiting.promise.then(() => true), isOpen])) {
        waiting = Promise.withResolvers<void>();
        yield;
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      if (!signal?.aborted) watcher.close();
    }
  })();
}
