/**
 * Prints the path of initdb in a package of PostgreSQL. A separate program without the project's configuration: the
 * package is large, and packages in the project's lock file are downloaded by every user of the service.
 */
const [specifier = ""] = Deno.args;
const { initdb }: { readonly initdb: string } = await import(specifier);
await Deno.stdout.write(new TextEncoder().encode(initdb));
