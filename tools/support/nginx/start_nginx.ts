import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { ManagedProcess } from "../managed_process.ts";
import { temporaryDirectory } from "../once.ts";
import { locateNginx } from "./locate_nginx.ts";

/** Account without rights, for when the tests run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 };

/** Options of {@link startNginx}. */
export interface StartNginxOptions {
  /** Ports of the instances on loopback. */
  readonly ports: readonly number[];
  /** Additional directives of the server. */
  readonly directives?: string;
}

/** Starts nginx, without rights, as a reverse proxy that keeps connections to the instances open. */
export async function startNginx({ ports, directives = "" }: StartNginxOptions): Promise<Nginx> {
  const program = await locateNginx();
  if (program === undefined) throw new Error("nginx is not installed");
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_nginx_" });
  const owner = Deno.uid() === 0 ? UNPRIVILEGED : undefined;
  if (owner !== undefined) await Deno.chown(folder, owner.uid, owner.gid);
  const file = join(folder, "nginx.conf");
  while (true) {
    const port = freePort();
    await Deno.writeTextFile(file, configuration(folder, { port, ports, directives }));
    const nginx = new Nginx(port, {
      program,
      args: ["-e", "stderr", "-p", folder, "-c", file],
      folder,
      listensAt: { port },
      owner,
    });
    if (await nginx.start()) return nginx;
    // Retried only if another process has taken the port in the meantime.
    if (!(await nginx.log()).includes("Address already in use")) {
      throw new Error(`Starting ${program} failed: ${await nginx.log()}`);
    }
  }
}

/** Real nginx on loopback. */
export class Nginx extends ManagedProcess {
  readonly url: string;

  constructor(port: number, command: ConstructorParameters<typeof ManagedProcess>[0]) {
    super(command);
    this.url = `http://127.0.0.1:${port}`;
  }
}

function configuration(
  folder: string,
  { port, ports, directives }: Required<StartNginxOptions> & { readonly port: number },
): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
pid ${join(folder, "pid")};
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join("\n  ")}
  upstream service {
    ${ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`).join("\n    ")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    ${directives}
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`;
}
