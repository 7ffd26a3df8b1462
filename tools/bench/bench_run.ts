/** One run of a scenario, and its means. */
export interface BenchRun<Setting extends string = string> {
  readonly settings: Readonly<Record<Setting, number>>;
  /** Names of the parts that are measured. */
  readonly parts: readonly string[];
  /** Root of another checkout, and the path of a list that both serve; its items have the properties of a contact. */
  readonly against: { readonly checkout: string; readonly path: string } | undefined;
  /** Folder in which data stays for other runs, of a scenario that can. */
  readonly data: string | undefined;
  /** Owner of what the scenario starts. */
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
}
