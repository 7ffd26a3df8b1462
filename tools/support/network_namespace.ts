import { join } from "node:path";
import { locateProgram } from "./locate_program.ts";
import { testWith } from "./test_with.ts";

/** Names that a namespace resolves are written here; `ip netns exec` mounts the folder over /etc. */
const NAMES = "/etc/netns";

/** Subnet of the links, 10.x.y.0/24. Random, since tests may run side by side. */
const subnet = (): string => `10.${128 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}`;

/** Cable between this network and a namespace. */
export interface Link {
  /** Address of this side. */
  readonly outer: string;
  /** Address inside of the namespace. */
  readonly inner: string;
  /** Drops every packet from now on, in both directions and without notice to anybody. */
  drop(): Promise<void>;
}

/** Network namespace of Linux, with links to this one that can lose every packet. */
export class NetworkNamespace implements AsyncDisposable {
  readonly name = `archway_${crypto.randomUUID().slice(0, 8)}`;
  readonly #devices: string[] = [];

  private constructor() {}

  static async create(): Promise<NetworkNamespace> {
    const namespace = new NetworkNamespace();
    await ip("netns", "add", namespace.name);
    await namespace.#inside("link", "set", "lo", "up");
    await Deno.mkdir(join(NAMES, namespace.name), { recursive: true });
    await namespace.resolve({});
    return namespace;
  }

  /** Adds a link. */
  async link(): Promise<Link> {
    const id = crypto.randomUUID().slice(0, 8);
    const [outside, inside] = [`aw${id}o`, `aw${id}i`];
    await ip("link", "add", outside, "type", "veth", "peer", "name", inside);
    this.#devices.push(outside);
    await ip("link", "set", inside, "netns", this.name);
    const network = subnet();
    const [outer, inner] = [`${network}.1`, `${network}.2`];
    await ip("addr", "add", `${outer}/24`, "dev", outside);
    await ip("link", "set", outside, "up");
    await this.#inside("addr", "add", `${inner}/24`, "dev", inside);
    await this.#inside("link", "set", inside, "up");
    return { outer, inner, drop: () => ip("link", "set", outside, "down") };
  }

  /** Sets the addresses of names, for processes that run already, too. */
  async resolve(names: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries({ localhost: "127.0.0.1", ...names }).map(([name, address]) =>
      `${address} ${name}\n`
    );
    // In place: the file is mounted, and another one under its name would not be seen.
    await Deno.writeTextFile(join(NAMES, this.name, "hosts"), lines.join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const device of this.#devices) await ip("link", "del", device);
    await ip("netns", "del", this.name);
    await Deno.remove(join(NAMES, this.name), { recursive: true });
  }

  /** Runs a program inside. */
  async run(...command: string[]): Promise<void> {
    await ip("netns", "exec", this.name, ...command);
  }

  async #inside(...args: string[]): Promise<void> {
    await ip("-n", this.name, ...args);
  }
}

async function ip(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ip", { args, stdout: "null", stderr: "piped" }).output();
  if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Returns the path of `ip` if it may make namespaces here. */
async function locateIp(): Promise<string | undefined> {
  const program = await locateProgram("ip");
  if (program === undefined) return undefined;
  const name = `archway_try_${crypto.randomUUID().slice(0, 8)}`;
  try {
    await ip("netns", "add", name);
    await ip("netns", "del", name);
    return program;
  } catch {
    return undefined;
  }
}

/** Defines a test that needs a network namespace. */
export const testWithNetworkNamespace = testWith({
  reason: "network namespaces need root and iproute2",
  program: await locateIp(),
});
