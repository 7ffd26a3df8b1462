import { join } from "node:path";
import { freePort, ManagedProcess } from "../managed_process.ts";
import { locateNats } from "./locate_nats.ts";

/** What a server demands of its clients. */
export interface StartNatsOptions {
  /** Absent: none is needed. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Files in PEM; absent: plain text. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Starts a NATS server with JetStream, whose streams outlast {@link Nats.kill}. */
export async function startNats(options: StartNatsOptions = {}): Promise<Nats> {
  const program = await locateNats();
  if (program === undefined) throw new Error("No NATS server is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_nats_" });
  while (true) {
    const nats = new Nats(program, { folder, port: freePort(), options });
    if (await nats.start()) return nats;
    // Somebody else took the port in between; anything else is no use to try again.
    if (!(await nats.log()).includes("address already in use")) {
      throw new Error(`Starting ${program} failed: ${await nats.log()}`);
    }
  }
}

/** A real server on loopback. */
export class Nats extends ManagedProcess {
  /** With the user's name and password, where there are any. */
  readonly url: string;
  readonly port: number;
  /** Who its clients have to be; undefined: it does not ask. */
  readonly user: StartNatsOptions["user"];

  constructor(
    program: string,
    { folder, port, options: { user, tls } }: {
      readonly folder: string;
      readonly port: number;
      readonly options: StartNatsOptions;
    },
  ) {
    const demands = [
      ...(user === undefined ? [] : ["--user", user.name, "--pass", user.password]),
      ...(tls === undefined ? [] : ["--tls", "--tlscert", tls.certificate, "--tlskey", tls.key]),
    ];
    super({
      program,
      args: ["-js", "-sd", join(folder, "store"), "-a", "127.0.0.1", "-p", String(port), ...demands],
      folder,
      listensAt: { port },
    });
    const credentials = user === undefined ? "" : `${user.name}:${user.password}@`;
    this.url = `${tls === undefined ? "nats" : "tls"}://${credentials}127.0.0.1:${port}`;
    this.port = port;
    this.user = user;
  }
}
