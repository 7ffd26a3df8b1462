import { freePort } from "../free_port.ts";
import { ManagedProcess } from "../managed_process.ts";
import { locateValkey } from "./locate_valkey.ts";

/** Requirements of a server for its clients. */
export interface StartValkeyOptions {
  /** No password if absent. */
  readonly password?: string;
  /** PEM files; plain text if absent. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** PEM file of the certificate that has to have signed those of clients; none required if absent. */
  readonly clientCa?: string;
}

/** Starts a server without persistence: {@link Valkey.kill} loses its data. */
export async function startValkey(options: StartValkeyOptions = {}): Promise<Valkey> {
  const program = await locateValkey();
  if (program === undefined) throw new Error("Neither Valkey nor Redis is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_valkey_" });
  while (true) {
    const valkey = new Valkey(program, { folder, port: freePort(), options });
    if (await valkey.start()) return valkey;
    // Retried only if another process has taken the port in the meantime.
    if (!(await valkey.log()).includes("Address already in use")) {
      throw new Error(`Starting ${program} failed: ${await valkey.log()}`);
    }
  }
}

/** Real Valkey or Redis server on loopback. */
export class Valkey extends ManagedProcess {
  readonly url: string;

  constructor(
    program: string,
    { folder, port, options: { password, tls, clientCa } }: {
      readonly folder: string;
      readonly port: number;
      readonly options: StartValkeyOptions;
    },
  ) {
    const demands = password === undefined ? [] : ["--requirepass", password];
    const listens = tls === undefined ? ["--port", String(port)] : [
      ...["--port", "0", "--tls-port", String(port)],
      ...["--tls-cert-file", tls.certificate, "--tls-key-file", tls.key],
      ...["--tls-ca-cert-file", clientCa ?? tls.certificate],
      ...["--tls-auth-clients", clientCa === undefined ? "no" : "yes"],
    ];
    super({
      program,
      args: [
        ...[...listens, "--bind", "127.0.0.1", "--dir", folder],
        ...["--save", "", "--appendonly", "no", ...demands],
      ],
      folder,
      listensAt: { port },
    });
    const credentials = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
    const host = tls === undefined ? "127.0.0.1" : "localhost";
    this.url = `${tls === undefined ? "redis" : "rediss"}://${credentials}${host}:${port}`;
  }
}
