import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Runs a function outside of the transaction that it is called in. Needed for imports on demand: Deno runs the requests after
 * an import in the asynchronous context of the import, in which they could begin no transactions of their own.
 */
export const outsideTransactions: <T>(run: () => T) => T = AsyncLocalStorage.snapshot();
