import { isObject } from "@archway/service_kit/json_value.ts";
import { ask, type Client, SetupError } from "../client.ts";
import { fill } from "../render_request.ts";
import type { Field, Given, Placeholders, Prepared } from "../row.ts";
import type { Suite } from "../suite.ts";
import type { ApiDocument, Operation } from "./api_document.ts";
import { FRESH, sampleOf } from "./sample_of.ts";

/** Creates the items that derived requests read and change, as the document says that they are created. */
export class Subjects {
  readonly #givens = new Map<string, Given>();

  constructor(private readonly api: ApiDocument, private readonly suite: Suite) {}

  /** Prepares placeholders for the parameters of a path, by their names, and `{etag}` of its item. */
  given(path: string): Given {
    const template = path.slice(0, path.lastIndexOf("}") + 1);
    const given = this.#givens.get(template) ?? ((client) => this.#prepare(client, template));
    this.#givens.set(template, given);
    return given;
  }

  /** Whether tests cannot create the item that a path is in. */
  isUnknown(path: string): boolean {
    return this.suite.unknown?.some((template) => path.startsWith(template)) ?? false;
  }

  /** Whether an item is created as its document says, and nothing else is prepared. */
  canCreate(path: string): boolean {
    return this.suite.given === undefined && !this.isUnknown(path);
  }

  /** Whether the service itself has a body of an operation, which succeeds. */
  hasBodyOf(operation: Operation): boolean {
    return this.suite.bodies?.[operation.id] !== undefined;
  }

  /** Returns a body of an operation that should succeed, as JSON with placeholders; undefined if none is found. */
  bodyOf(operation: Operation, mediaType = mediaTypeOf(operation)): string | undefined {
    const schema = operation.bodies.get(mediaType ?? "");
    const own = this.suite.bodies?.[operation.id];
    if (own !== undefined || schema === undefined) return own;
    const sample = sampleOf(this.api, schema) ?? operation.examples[0];
    return sample === undefined ? undefined : JSON.stringify(sample).replaceAll(FRESH, "{fresh}");
  }

  /** Returns required header fields of an operation with values that should succeed. */
  fieldsOf({ parameters }: Operation): readonly Field[] {
    return parameters.filter((one) => one.in === "header" && one.required).map(({ name, schema }) => {
      if (/^if-match$/i.test(name)) return [name, "{etag}"];
      return [name, String(sampleOf(this.api, schema) ?? FRESH).replaceAll(FRESH, "{fresh}")];
    });
  }

  /** Returns the query of an operation's required parameters, with its question mark. */
  queryOf({ parameters }: Operation): string {
    const pairs = parameters.filter((one) => one.in === "query" && one.required)
      .map(({ name, schema }) => {
        const filled = { minItems: 1, ...this.api.resolve(schema) };
        return `${name}=${
          encodeURIComponent(String(sampleOf(this.api, filled) ?? sampleOf(this.api, schema)))
        }`;
      });
    return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  }

  async #prepare(client: Client, template: string): Promise<Prepared> {
    const given = await this.suite.given?.(client) ?? { placeholders: {} };
    if (template === "") return given;
    const end = template.lastIndexOf("/");
    const parameter = template.slice(end + 2, -1);
    const known = given.placeholders[this.suite.ids?.[template] ?? ""];
    if (known !== undefined) {
      return await this.#withEtag(client, template, merge(given, { placeholders: { [parameter]: known } }));
    }
    if (this.isUnknown(template)) {
      const names = [...template.matchAll(/\{([^{}]+)\}/g)].map((
        [, name = ""],
      ) => [name, crypto.randomUUID()]);
      return merge(given, { placeholders: { etag: '"1"', ...Object.fromEntries(names) } });
    }
    const parent = template.slice(0, end);
    const outer = parent.slice(0, parent.lastIndexOf("}") + 1);
    const above = outer === "" ? given : await this.#prepare(client, outer);
    const create = this.api.find("POST", parent) ?? this.api.find("PUT", template);
    if (create === undefined) throw new SetupError(`no operation creates what GET ${template} reads`);
    const fresh = crypto.randomUUID();
    const placeholders: Placeholders = { ...above.placeholders, [parameter]: fresh, fresh };
    const response = await this.#create(client, create, placeholders);
    const id = create.method === "PUT" ? fresh : await idOf(response, parameter);
    const token = response.headers.get("consistency-token") ?? "";
    const etag = response.headers.get("etag") ?? "";
    const created = merge(above, {
      placeholders: { id, ...placeholders, [parameter]: id, token, etag },
      paths: [`${fill(parent, placeholders)}/${id}`],
    });
    return etag === "" ? await this.#withEtag(client, template, created) : created;
  }

  /** Sends a derived body or else an example of the document. */
  async #create(client: Client, operation: Operation, placeholders: Placeholders): Promise<Response> {
    const { method, path, examples } = operation;
    const statuses: number[] = [];
    for (const body of [this.bodyOf(operation), ...examples.map((example) => JSON.stringify(example))]) {
      const headers = [["Content-Type", mediaTypeOf(operation) ?? ""] as const, ...this.fieldsOf(operation)]
        .map(([name, value]): [string, string] => [name, fill(value, placeholders)]);
      const init = { method, headers, body: body === undefined ? null : fill(body, placeholders) };
      const response = await ask(client, fill(path, placeholders), init);
      if (response.ok) return response;
      await response.body?.cancel();
      statuses.push(response.status);
    }
    const advice = "give its properties examples in the document that succeed";
    throw new SetupError(`${method} ${path} with a derived body responded ${statuses.join(", ")}; ${advice}`);
  }

  async #withEtag(client: Client, template: string, prepared: Prepared): Promise<Prepared> {
    if (this.api.find("GET", template) === undefined) return prepared;
    const response = await ask(client, fill(template, prepared.placeholders));
    await response.body?.cancel();
    return merge(prepared, { placeholders: { etag: response.headers.get("etag") ?? "" } });
  }
}

function merge(one: Prepared, other: Prepared): Prepared {
  return {
    placeholders: { ...one.placeholders, ...other.placeholders },
    paths: [...one.paths ?? [], ...other.paths ?? []],
  };
}

/** Returns the id of what was created: the end of its `Location`, or a member of the body. */
async function idOf(response: Response, parameter: string): Promise<string> {
  const item = itemOf(await response.json().catch(() => undefined));
  const location = URL.parse(response.headers.get("location") ?? "", response.url);
  if (response.headers.has("location") && location !== null) return location.pathname.split("/").at(-1) ?? "";
  const id = item[parameter] ?? item["id"] ?? Object.entries(item).find(([name]) => /id$/i.test(name))?.[1];
  if (typeof id === "string" || typeof id === "number") return String(id);
  throw new SetupError(`${new URL(response.url).pathname} created an item without Location and id`);
}

/** Media type of a request body in JSON, plain JSON before others; undefined without one. */
export function mediaTypeOf({ bodies }: Operation): string | undefined {
  const types = [...bodies.keys()];
  return types.find((type) => type === "application/json") ?? types.find((type) => type.endsWith("json")) ??
    types[0];
}

/** The members of an item in a body, with or without an envelope `data`. */
export function itemOf(body: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(body)) return {};
  return isObject(body["data"]) ? body["data"] : body;
}
