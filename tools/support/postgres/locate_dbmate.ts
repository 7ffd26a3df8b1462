/**
 * Prints where a package with dbmate's program has it. A program of its own, run without the project's configuration,
 * for the same reason as locate_binaries.ts.
 */
const [specifier = ""] = Deno.args;
// Downloads the package, which has nothing else that could be imported.
await import(`${specifier}/package.json`, { with: { type: "json" } });
await Deno.stdout.write(new TextEncoder().encode(import.meta.resolve(`${specifier}/bin/dbmate`)));
