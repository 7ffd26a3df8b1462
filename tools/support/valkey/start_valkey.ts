import { freePort, ManagedProcess } from "../managed_process.ts";
import { locateValkey } from "./locate_valkey.ts";

/** What a server demands of its clients. */
export interface StartValkeyOptions {
  /** Absent: none is needed. */
  readonly password?: string;
}

/** Starts a server that keeps nothing on the disk: what it knows goes with {@link Valkey.kill}. */
export async function startValkey({ password }: StartValkeyOptions = {}): Promise<Valkey> {
  const program = await locateValkey();
  if (program === undefined) throw new Error("Neither Valkey nor Redis is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_valkey_" });
  while (true) {
    const valkey = new Valkey(program, { folder, port: freePort(), password });
    if (await valkey.start()) return valkey;
    // Somebody else took the port in between; anything else is no use to try again.
    if (!(await valkey.log()).includes("Address already in use")) {
      throw new Error(`Starting ${program} failed: ${await valkey.log()}`);
    }
  }
}

/** A real server on loopback. */
export class Valkey extends ManagedProcess {
  readonly url: string;

  constructor(
    program: string,
    { folder, port, password }: {
      readonly folder: string;
      readonly port: number;
      readonly password: string | undefined;
    },
  ) {
    const demands = password === undefined ? [] : ["--requirepass", password];
    super({
      program,
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
        ...["--save", "", "--appendonly", "no", ...demands],
      ],
      folder,
      listensAt: { port },
    });
    const credentials = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
    this.url = `redis://${credentials}127.0.0.1:${port}`;
  }
}
