import { lockedPackages } from "./lock_file.ts";
import { licenceOf } from "./licence_violation.ts";
import { npmCache, readManifest } from "./read_manifest.ts";

/** Name and version of the program. */
export interface BilledProgram {
  readonly name: string;
  readonly version: string;
}

/** Licence of a component, as CycloneDX has it. */
type Licence = { readonly expression: string } | { readonly license: { readonly name: string } };

/**
 * Returns a software bill of materials of the packages in a lock file, in the JSON of CycloneDX 1.6: version, purl, hash and
 * licence of each. The same lock file gives the same text.
 *
 * @param lock Text of the lock file.
 */
export async function billOfMaterials(lock: string, program: BilledProgram): Promise<object> {
  const cache = await npmCache();
  const components = [];
  for (const each of lockedPackages(lock).toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    const licence = licenceOf(await readManifest(cache, each));
    const purl = `pkg:npm/${each.name.replace("@", "%40")}@${each.version}`;
    components.push({
      type: "library",
      "bom-ref": purl,
      name: each.name,
      version: each.version,
      purl,
      ...(each.integrity !== undefined && { hashes: [{ alg: "SHA-512", content: hexOf(each.integrity) }] }),
      ...(licence !== undefined && { licenses: [licenceEntry(licence)] }),
    });
  }
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": program.name, ...program } },
    components,
  };
}

/** Returns the hash of a Subresource Integrity text, in hexadecimal digits. */
function hexOf(integrity: string): string {
  return Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex();
}

function licenceEntry(licence: string): Licence {
  // Texts such as "SEE LICENSE IN LICENSE" are no SPDX expressions.
  return /^[\w.+() -]+$/.test(licence) && !/^SEE /i.test(licence)
    ? { expression: licence }
    : { license: { name: licence } };
}

async function main(): Promise<void> {
  const root = new URL("../../", import.meta.url);
  const { name, version }: { readonly name?: string; readonly version?: string } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const lock = await Deno.readTextFile(new URL("deno.lock", root));
  const bill = await billOfMaterials(lock, { name: name ?? "archway", version: version ?? "0.0.0" });
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(bill, null, 2)}\n`));
}

if (import.meta.main) await main();
