/** Writes to the standard error what is begun; results go to the standard output. */
export function progress(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
