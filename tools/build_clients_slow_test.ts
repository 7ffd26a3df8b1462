import { assert, assertEquals } from "@std/assert";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { buildClients } from "./build_clients.ts";
import { contactServer } from "./support/contact_server.ts";
import { DATABASES } from "./support/databases.ts";
import { HttpFaultProxy } from "./support/http_fault_proxy.ts";

const FROM = join(import.meta.dirname ?? ".", "support/contact_service/api/clients/typescript");

/** Program for Node, which prints what it has seen. */
const SCRIPT = `
import { createContactClient, PreconditionFailedError, ProblemError } from "archway-client/contact";

const options = { baseUrl: process.argv[2], retry: { delayMs: 1 } };
const client = createContactClient(options);
const other = createContactClient(options);
const { data: { data: { id } } } = await client.POST("/v1/contacts", { body: { name: "Ada" } });
for (const name of ["Grace", "Tony"]) await client.POST("/v1/contacts", { body: { name } });
const params = { path: { id } };
await other.GET("/v1/contacts/{id}", { params });
const changed = await client.PATCH("/v1/contacts/{id}", { params, body: { age: 36 } });
const stale = await other.PUT("/v1/contacts/{id}", { params, body: { name: "Eve" } }).catch((error) => error);
const invalid = await client.POST("/v1/contacts", { body: { name: "" } }).catch((error) => error);
const names = [];
for await (const contact of client.pages("/v1/contacts", { params: { query: { limit: 2 } } })) {
  names.push(contact.name);
}
console.log(JSON.stringify({
  etag: changed.etag,
  stale: [stale instanceof PreconditionFailedError, stale.status, stale.etag],
  invalid: [invalid instanceof ProblemError, invalid.errors[0].pointer],
  names,
}));
`;

/** Program whose types are checked against the package, as strictly as the compiler can. */
const TYPED = `
import { createContactClient, type Contact, type ProblemError } from "archway-client/contact";
const client = createContactClient({ baseUrl: "" });
export async function first(): Promise<Contact | undefined> {
  for await (const contact of client.pages("/v1/contacts")) return contact;
  const { data } = await client.GET("/v1/contacts/{id}", { params: { path: { id: "1" } } });
  return data.data;
}
export const pointers = ({ errors }: ProblemError): readonly string[] => errors.flatMap(({ pointer }) => pointer ?? []);
// @ts-expect-error the path does not exist
void client.GET("/v1/none");
`;

/** Builds the package in a folder with its dependencies, as npm would install it. */
async function install(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await buildClients({ from: FROM, to: join(modules, "archway-client") });
  const fetch = dirname(dirname(fileURLToPath(import.meta.resolve("openapi-fetch"))));
  const { dependencies } = JSON.parse(await Deno.readTextFile(join(fetch, "package.json")));
  const [[helpers, range] = ["", ""]] = Object.entries<string>(dependencies);
  const cached = join(dirname(dirname(fetch)), helpers, range.replace("^", ""));
  for (const [name, path] of [["openapi-fetch", fetch], [helpers, cached]] as const) {
    await mkdir(join(modules, name), { recursive: true });
    await cp(path, join(modules, name), { recursive: true });
  }
}

Deno.test("buildClients() makes an npm package that Node runs and a strict compiler accepts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_client_" });
  try {
    await install(folder);
    await Deno.writeTextFile(join(folder, "typed.mts"), TYPED);
    const program = ts.createProgram([join(folder, "typed.mts")], {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ noPropertyAccessFromIndexSignature: true, verbatimModuleSyntax: true, noEmit: true, types: [] },
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    });
    const messages = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
      `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
    );
    assertEquals(messages, []);

    await using database = await DATABASES["embedded"]?.();
    assert(database);
    await using server = contactServer(database.pool);
    await using proxy = new HttpFaultProxy((request) => server.fetch(request));
    proxy.faults.push({ status: 429, headers: { "Retry-After": "0" } });
    await Deno.writeTextFile(join(folder, "script.mjs"), SCRIPT);
    const command = new Deno.Command("node", { args: ["script.mjs", await proxy.url], cwd: folder });
    const { stdout, stderr } = await command.output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      etag: '"2"',
      stale: [true, 412, '"2"'],
      invalid: [true, "/name"],
      names: ["Tony", "Grace", "Ada"],
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
