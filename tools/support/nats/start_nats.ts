import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { ManagedProcess } from "../managed_process.ts";
import { locateNats } from "./locate_nats.ts";

/** Requirements of a server for its clients. */
export interface StartNatsOptions {
  /** Credentials; none required if absent. */
  readonly user?: { readonly name: string; readonly password: string };
  /** PEM files; plain text if absent. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Certificate in PEM that has to have signed those of clients; none required if absent. */
  readonly clientCa?: string;
  /** Lines of the server's configuration file, such as permissions of users. */
  readonly config?: string;
  /** Whether JetStream is enabled. @default {true} */
  readonly hasJetStream?: boolean;
}

const CONFIG_FILE = "nats.conf";

/** Starts a NATS server with JetStream, whose streams survive {@link Nats.kill}. */
export async function startNats(options: StartNatsOptions = {}): Promise<Nats> {
  const program = await locateNats();
  if (program === undefined) throw new Error("No NATS server is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_nats_" });
  await Deno.writeTextFile(join(folder, CONFIG_FILE), options.config ?? "");
  while (true) {
    const nats = new Nats(program, { folder, port: freePort(), options });
    if (await nats.start()) return nats;
    // Retried only if another process has taken the port in the meantime.
    if (!(await nats.log()).includes("address already in use")) {
      throw new Error(`Starting ${program} failed: ${await nats.log()}`);
    }
  }
}

/** Real NATS server on loopback. */
export class Nats extends ManagedProcess {
  /** Includes the credentials, if any. */
  readonly url: string;
  readonly port: number;
  /** Required credentials; undefined if none. */
  readonly user: StartNatsOptions["user"];

  constructor(
    program: string,
    { folder, port, options: { user, tls, clientCa, hasJetStream = true } }: {
      readonly folder: string;
      readonly port: number;
      readonly options: StartNatsOptions;
    },
  ) {
    const demands = [
      ...(user === undefined ? [] : ["--user", user.name, "--pass", user.password]),
      ...(tls === undefined ? [] : ["--tls", "--tlscert", tls.certificate, "--tlskey", tls.key]),
      ...(clientCa === undefined ? [] : ["--tlsverify", "--tlscacert", clientCa]),
      ...(hasJetStream ? ["-js", "-sd", join(folder, "store")] : []),
    ];
    super({
      program,
      args: ["-c", join(folder, CONFIG_FILE), "-a", "127.0.0.1", "-p", String(port), ...demands],
      folder,
      listensAt: { port },
    });
    const credentials = user === undefined ? "" : `${user.name}:${user.password}@`;
    this.url = `${tls === undefined ? "nats" : "tls"}://${credentials}127.0.0.1:${port}`;
    this.port = port;
    this.user = user;
  }
}
