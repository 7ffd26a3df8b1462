import { join } from "node:path";
import { freePort } from "../free_port.ts";
import { ManagedProcess } from "../managed_process.ts";
import { temporaryDirectory } from "../once.ts";
import { locateHaproxy } from "./locate_haproxy.ts";

/** Account without rights, for when the tests run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 };

/** Response header with the name of the instance that has served the request. */
export const SERVED_BY = "x-served-by";

/** Ports of instances on loopback, by their names. Those that do not listen yet get requests once they are ready. */
export type Instances = Readonly<Record<string, number>>;

/** Starts HAProxy, without rights, which sends requests to the instances whose `/readyz` responds with 200. */
export async function startHaproxy(instances: Instances): Promise<Haproxy> {
  const program = await locateHaproxy();
  if (program === undefined) throw new Error("HAProxy is not installed");
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_haproxy_" });
  const owner = Deno.uid() === 0 ? UNPRIVILEGED : undefined;
  if (owner !== undefined) await Deno.chown(folder, owner.uid, owner.gid);
  const file = join(folder, "haproxy.cfg");
  while (true) {
    const port = freePort();
    await Deno.writeTextFile(file, configuration(port, instances));
    const haproxy = new Haproxy(port, {
      ...{ program, folder, owner },
      args: ["-db", "-f", file],
      listensAt: { port },
    });
    if (await haproxy.start()) return haproxy;
    // Retried only if another process has taken the port in the meantime.
    if (!(await haproxy.log()).includes("Address already in use")) {
      throw new Error(`Starting ${program} failed: ${await haproxy.log()}`);
    }
  }
}

/** Real HAProxy on loopback. */
class Haproxy extends ManagedProcess {
  readonly url: string;

  constructor(port: number, command: ConstructorParameters<typeof ManagedProcess>[0]) {
    super(command);
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Waits until exactly these instances get requests. */
  async untilServing(...names: readonly string[]): Promise<void> {
    for (let up = ""; up !== names.toSorted().join();) {
      const table = await (await fetch(`${this.url}/haproxy;csv`)).text();
      // Until its first check, an instance counts as ready ("UP 1/2").
      const rows = [...table.matchAll(/^service,([^,]+),(?:[^,]*,){15}([^,]+),/gm)];
      up = rows.filter(([, name, state]) => name !== "BACKEND" && state !== "DOWN").map(([, name]) => name)
        .toSorted().join();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function configuration(port: number, instances: Instances): string {
  return `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 10s

frontend clients
  bind 127.0.0.1:${port}
  stats enable
  stats uri /haproxy
  default_backend service

backend service
  balance roundrobin
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
  http-check expect status 200
  http-response set-header ${SERVED_BY} %s
  default-server check inter 100ms fall 1 rise 1
  ${Object.entries(instances).map(([name, instance]) => `server ${name} 127.0.0.1:${instance}`).join("\n  ")}
`;
}
