import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { default as addFormats } from "ajv-formats";
import type { JsonValue } from "@archway/server/operation.ts";
import {
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  member,
  textMember,
  valueAt,
} from "@archway/service_kit/json_value.ts";

/** A JSON Schema of a document; its references are followed by {@link ApiDocument.resolve}. */
export type Schema = JsonValue;

/** Parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** Operation of a document, with what it shares with its path. */
export interface Operation {
  readonly id: string;
  /** In capitals, as it is sent. */
  readonly method: string;
  /** Path template, the path of the document's first server in front. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schemas of the request body by media type; empty without one. */
  readonly bodies: ReadonlyMap<string, Schema>;
  /** Whether a request must have a body. */
  readonly requiresBody: boolean;
  /** Examples of the request body in `application/json`. */
  readonly examples: readonly JsonValue[];
  /** Response Objects by status. */
  readonly responses: ReadonlyMap<string, JsonObject>;
  readonly isSecured: boolean;
  /** Places of credentials in lower case, such as "authorization", by alternative; empty if none are declared. */
  readonly credentials: readonly (readonly string[])[];
  /** Own limit of the size of its body in bytes; undefined if that of the program applies. */
  readonly maxBodyBytes: number | undefined;
}

const METHODS = ["get", "put", "post", "delete", "patch", "options", "head", "trace"];
const ID = "https://document.example/";

/** An OpenAPI document, from which requests are derived. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  /** Whether its errors are problems (RFC 9457). */
  readonly hasProblems: boolean;
  /** Whether its problems list the parameters and properties that are wrong. */
  readonly namesFaults: boolean;
  readonly #root: JsonObject;
  readonly #ajv = new Ajv2020({
    ...{ strict: false, validateSchema: false, logger: false },
    ...{ allErrors: true, unicodeRegExp: true, ownProperties: true },
  });

  constructor(document: JsonObject) {
    const text = JSON.stringify(document);
    this.hasProblems = text.includes('"application/problem+json"');
    this.namesFaults = text.includes('"invalidParams"');
    this.#root = withAbsoluteReferences(document);
    addFormats.default(this.#ajv, { mode: "full" });
    this.#ajv.addFormat("uuid", /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i);
    this.#ajv.addSchema(this.#root, ID);
    this.operations = [...this.#readOperations()];
  }

  /** Follows the references of a value; members beside `$ref` count, too. */
  resolve(value: JsonValue | undefined): JsonObject {
    let here = value;
    let beside: JsonObject = {};
    for (let depth = 0; depth < 32 && textMember(here, "$ref") !== undefined; depth++) {
      const { $ref, ...rest } = isObject(here) ? here : {};
      beside = { ...rest, ...beside };
      const pointer = decodeURIComponent(String($ref).replace(`${ID}#`, ""));
      here = valueAt(this.#root, pointer);
    }
    return isObject(here) ? { ...here, ...beside } : beside;
  }

  /** Returns JSON Pointers of what a schema refuses in a value; empty if it is valid. */
  faultsOf(schema: Schema, value: unknown): readonly string[] {
    if (typeof schema === "boolean") return schema ? [] : [""];
    if (!isObject(schema)) return [];
    const validate = this.#compile(schema);
    if (validate === undefined || validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, params }) => {
      const name = params["missingProperty"] ?? params["additionalProperty"];
      return name === undefined ? instancePath : `${instancePath}/${escapeToken(String(name))}`;
    });
  }

  /** Compiles a schema; undefined if it is malformed, such as a pattern that is no regular expression. */
  #compile(schema: JsonObject): ValidateFunction | undefined {
    try {
      return this.#ajv.compile(schema);
    } catch {
      return undefined;
    }
  }

  isValid(schema: Schema, value: unknown): boolean {
    return this.faultsOf(schema, value).length === 0;
  }

  /** Finds the operation of a method and a path template. */
  find(method: string, path: string): Operation | undefined {
    return this.operations.find((operation) => operation.method === method && operation.path === path);
  }

  *#readOperations(): Generator<Operation> {
    const url = textMember(list(this.#root["servers"])[0], "url") ?? "";
    const prefix = (URL.parse(url, "http://localhost")?.pathname ?? "").replace(/\/$/, "");
    for (const [path, written] of Object.entries(this.resolve(member(this.#root, "paths")))) {
      const item = this.resolve(written);
      for (const method of METHODS.filter((name) => item[name] !== undefined)) {
        const operation = this.resolve(item[method]);
        const parameters = [...list(item["parameters"]), ...list(operation["parameters"])].map((one) =>
          this.#readParameter(one)
        );
        const responses = Object.entries(this.resolve(operation["responses"]));
        const maxBodyBytes = operation["x-max-body-bytes"];
        const security = list(operation["security"] ?? this.#root["security"]);
        yield {
          id: textMember(operation, "operationId") ?? `${method} ${path}`,
          method: method.toUpperCase(),
          path: prefix + path,
          // Those of the operation go before those of its path.
          parameters: [...new Map(parameters.map((one) => [`${one.in} ${one.name}`, one])).values()],
          ...this.#readBody(operation["requestBody"]),
          responses: new Map(responses.map(([status, response]) => [status, this.resolve(response)])),
          credentials: security.map((one) => Object.keys(Object(one)).map((name) => this.#placeOf(name))),
          isSecured: security.length > 0 && security.every((one) => Object.keys(Object(one)).length > 0),
          maxBodyBytes: typeof maxBodyBytes === "number" ? maxBodyBytes : undefined,
        };
      }
    }
  }

  /** Returns the header field of a security scheme, or the place of its key elsewhere. */
  #placeOf(scheme: string): string {
    const schemes = this.resolve(this.resolve(this.#root["components"])["securitySchemes"]);
    const { type, in: place, name } = this.resolve(schemes[scheme]);
    if (type !== "apiKey") return "authorization";
    return place === "header" ? String(name).toLowerCase() : `${place} ${name}`;
  }

  #readParameter(value: JsonValue): Parameter {
    const { schema = true, required = false, ...parameter } = this.resolve(value);
    return {
      ...{ name: textMember(parameter, "name") ?? "", in: textMember(parameter, "in") ?? "" },
      ...{ required: required === true, schema },
    };
  }

  #readBody(value: JsonValue | undefined): Pick<Operation, "bodies" | "requiresBody" | "examples"> {
    const body = this.resolve(value);
    const content = Object.entries(this.resolve(body["content"]))
      .map(([type, media]) => [type, this.resolve(media)] as const);
    const { example, examples } = content.find(([type]) => type === "application/json")?.[1] ?? {};
    const named = Object.values(this.resolve(examples)).map((one) => this.resolve(one)["value"]);
    return {
      bodies: new Map(content.map(([type, { schema = true }]) => [type, schema])),
      requiresBody: body["required"] === true,
      examples: [example, ...named].filter((one) => one !== undefined),
    };
  }
}

/** References with the document's id in front, so that each of its schemas can be compiled alone. */
function withAbsoluteReferences(value: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(value),
    (key, here) => key === "$ref" && typeof here === "string" && here.startsWith("#") ? ID + here : here,
  );
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : [];
}
