/**
 * Prints the path of dbmate in its package. A separate program without the project's configuration, for the same reason
 * as locate_binaries.ts.
 */
const [specifier = ""] = Deno.args;
// Downloads the package, which contains no other importable file.
await import(`${specifier}/package.json`, { with: { type: "json" } });
await Deno.stdout.write(new TextEncoder().encode(import.meta.resolve(`${specifier}/bin/dbmate`)));
