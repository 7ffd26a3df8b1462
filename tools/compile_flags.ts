/**
 * Prints the flags of `deno compile` that this version of Deno knows and `deno task compile` wants: since 2.9 packages
 * that only tools and tests use can be left out of the executable.
 */
const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
const flags = major > 2 || minor >= 9 ? "--exclude-unused-npm" : "";
await Deno.stdout.write(new TextEncoder().encode(flags));
