import { freePort, ManagedProcess } from "../managed_process.ts";
import { locateValkey } from "./locate_valkey.ts";

/** Requirements of a server for its clients. */
export interface StartValkeyOptions {
  /** No password if absent. */
  readonly password?: string;
}

/** Starts a server without persistence: {@link Valkey.kill} loses its data. */
export async function startValkey({ password }: StartValkeyOptions = {}): Promise<Valkey> {
  const program = await locateValkey();
  if (program === undefined) throw new Error("Neither Valkey nor Redis is installed");
  const folder = await Deno.makeTempDir({ prefix: "archway_valkey_" });
  while (true) {
    const valkey = new Valkey(program, { folder, port: freePort(), password });
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
