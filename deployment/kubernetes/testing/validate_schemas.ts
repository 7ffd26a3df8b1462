/**
 * Validates the resources of a JSON list on the standard input by the published schemas, and prints a line for each
 * violation. A program of its own, as the packages are not among the dependencies of the project.
 */

/** Module of a kind: a class of that name, whose instances validate themselves. */
type KindModule = Readonly<Record<string, { readonly prototype: { validate(this: unknown): void } }>>;

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Packages with the schemas of other API groups than those of Kubernetes. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ["monitoring.coreos.com", "@kubernetes-models/prometheus-operator@6.0.0"],
  ["external-secrets.io", "@kubernetes-models/external-secrets@2.0.0"],
]);

/** Returns a value that notes the paths which are read of it. */
function observed(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key): unknown {
      const at = `${path}/${String(key)}`;
      if (typeof key === "string") read.add(at);
      return observed(Reflect.get(target, key), at, read);
    },
  });
}

/** Returns the paths of all fields of a value. */
function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const at = `${path}/${key}`;
    return [at, ...fieldsOf(field, at)];
  });
}

/** Returns a line for every violation. A validator reads each field that its schema has, and no other. */
async function violations(resource: Resource): Promise<readonly string[]> {
  const { apiVersion, kind, metadata } = resource;
  const title = `${kind} ${metadata.name}`;
  const name = PACKAGES.get(apiVersion.split("/")[0] ?? "") ?? "kubernetes-models@5.1.0";
  const { [kind]: model }: KindModule = await import(`npm:${name}/${apiVersion}/${kind}`);
  if (model === undefined) return [`${title}: ${apiVersion} has no such kind`];
  const read = new Set<string>();
  try {
    model.prototype.validate.call(observed(resource, "", read));
  } catch (error) {
    return [`${title}: ${error instanceof Error ? error.message : error}`];
  }
  return fieldsOf(resource).filter((path) => !read.has(path)).map((path) => `${title}: ${path} is no field`);
}

const resources: readonly Resource[] = JSON.parse(await new Response(Deno.stdin.readable).text());
const lines = (await Promise.all(resources.map(violations))).flat();
await Deno.stdout.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
