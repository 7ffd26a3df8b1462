import { join } from "node:path";
import { assert } from "@std/assert";
import type { Container, Volume } from "./resource.ts";
import type { Workload } from "./render_overlay.ts";

/** Value of every secret: long enough for HMAC_SECRET. */
const SECRET = "0123456789abcdef0123456789abcdef";

/** Returns the files that a volume of secrets has, by path in the volume, with the Secret and key of each. */
function filesOf({ secret, projected }: Volume, named: readonly string[]): readonly (readonly string[])[] {
  if (secret !== undefined) return named.map((path) => [path, secret.secretName, path]);
  return projected?.sources.flatMap(({ secret: { name, items } }) =>
    items.map(({ key, path }) => [path, name, key])
  ) ?? [];
}

/** Environment of a container, and the keys of Secrets that it needs, as `<Secret>/<key>`. */
export interface ContainerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
}

/** Returns the environment of a container as the cluster would create it, with its secrets in a folder. */
export async function containerEnvironment(
  { envFrom = [], env = [], volumeMounts = [] }: Container,
  { all, pod, title }: Workload,
  folder: string,
): Promise<ContainerEnvironment> {
  const variables: Record<string, string> = {};
  for (const { configMapRef: { name } } of envFrom) {
    const map = all.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name);
    assert(map?.data, `${title}: there is no ConfigMap ${name}`);
    Object.assign(variables, map.data);
  }
  for (const { name, value, valueFrom } of env) {
    assert(value !== undefined || valueFrom?.fieldRef.fieldPath === "metadata.name", `${title}: ${name}`);
    variables[name] = (value ?? "a-pod").replaceAll(
      /\$\((\w+)\)/g,
      (_, other: string) => variables[other] ?? "",
    );
  }
  const keys: string[] = [];
  for (const [name, path] of Object.entries(variables)) {
    if (!name.endsWith("_FILE")) continue;
    const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
    assert(mount, `${title}: ${name} is in no volume`);
    const file = path.slice(mount.mountPath.length + 1);
    const volume = pod.volumes?.find((one) => one.name === mount.name);
    assert(volume, `${title}: there is no volume ${mount.name}`);
    const [, secret, key] = filesOf(volume, [file]).find(([at]) => at === file) ?? [];
    assert(secret && key, `${title}: ${name} is not in the volume ${mount.name}`);
    keys.push(`${secret}/${key}`);
    variables[name] = join(folder, file);
    await Deno.writeTextFile(join(folder, file), SECRET);
  }
  return { variables, keys };
}
