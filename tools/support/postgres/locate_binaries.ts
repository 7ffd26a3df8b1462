/**
 * Prints where a package of PostgreSQL's programs has its initdb. A program of its own, run without the project's
 * configuration: the package is large, and what stands in the project's lock file is downloaded by everybody who runs
 * the service.
 */
const [specifier = ""] = Deno.args;
const { initdb }: { readonly initdb: string } = await import(specifier);
await Deno.stdout.write(new TextEncoder().encode(initdb));
