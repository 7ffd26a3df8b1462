import { join } from "node:path";
import { locateProgram } from "./locate_program.ts";
import { testWith } from "./test_with.ts";

/** Paths of a certificate and its key, in PEM. */
export interface IssuedFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Certificate authority of one test. Disposing removes its files. */
export class PrivateCa implements AsyncDisposable {
  /** Path of its certificate, which every user can read. */
  readonly certificate: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.certificate = join(folder, "ca.crt");
  }

  static async create(): Promise<PrivateCa> {
    const folder = await Deno.makeTempDir({ prefix: "archway_ca_" });
    await Deno.chmod(folder, 0o755);
    const ca = new PrivateCa(folder);
    // Without the extensions of the machine's configuration, which make every certificate a CA.
    await Deno.writeTextFile(join(folder, "openssl.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
    const files = { certificate: ca.certificate, key: join(folder, "ca.key") };
    await ca.#make(files, ["-subj", "/CN=test ca", "-addext", "basicConstraints=critical,CA:TRUE"]);
    return ca;
  }

  /** Issues a certificate with a common name, which is also the only name of a server. */
  async issue(name: string): Promise<IssuedFiles> {
    const files = { certificate: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) };
    const issuer = ["-CA", this.certificate, "-CAkey", join(this.#folder, "ca.key")];
    const extensions = ["basicConstraints=critical,CA:FALSE", `subjectAltName=DNS:${name}`];
    await this.#make(files, [
      ...issuer,
      "-subj",
      `/CN=${name}`,
      ...extensions.flatMap((each) => ["-addext", each]),
    ]);
    return files;
  }

  async #make({ certificate, key }: IssuedFiles, args: readonly string[]): Promise<void> {
    const config = ["-config", join(this.#folder, "openssl.cnf")];
    await openssl(["req", "-x509", ...config, ...NEW_KEY, "-keyout", key, "-out", certificate, ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

async function openssl(args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("openssl", { args: [...args] }).output();
  if (code !== 0) throw new Error(`openssl: ${new TextDecoder().decode(stderr)}`);
}

/** Defines a test that needs a {@link PrivateCa}. */
export const testWithPrivateCa = testWith({
  reason: "openssl is not installed",
  program: await locateProgram("openssl"),
});
