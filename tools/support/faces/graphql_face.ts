import { at, sendGraphql } from "../graphql_client.ts";
import type { Face, FaceOutcome, OpenFace } from "./face.ts";

/**
 * GraphQL document of an operation. Its only field has the alias `result`; in that, the resource of a mutation and the nodes
 * of a list have the alias `data`. Variables have the names of parameters, `body`, `ifMatch` and `key`.
 */
export interface GraphqlForm {
  readonly document: string;
  /** Problem that a resource of null stands for. */
  readonly missing?: string;
}

/** Returns a face that sends GraphQL documents, by the operation whose place they take. */
export function graphqlFace(forms: Readonly<Record<string, GraphqlForm>>): OpenFace {
  return (server): Face => ({
    name: "GraphQL",
    async call(operationId, { path = {}, query = {}, body, ifMatch, key }, caller): Promise<FaceOutcome> {
      const form = forms[operationId];
      if (form === undefined) throw new Error(`No GraphQL document takes the place of ${operationId}`);
      const names = [...form.document.matchAll(/\$(\w+):/g)].map(([, name]) => name);
      const all = { ...path, ...query, body, ifMatch, key };
      const variables = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
      const { data, errors } = await sendGraphql(server, form.document, { as: caller, variables });
      const [error] = errors;
      if (error !== undefined) {
        const { status, type } = error.extensions ?? {};
        return { problem: `${status} ${String(type ?? error.message).split("/").at(-1)}` };
      }
      const result = at(data, "result");
      if (result === null) return { problem: form.missing };
      const [type, status] = [at(result, "type"), at(result, "status")];
      if (typeof type === "string" && typeof status === "number") {
        return { problem: `${status} ${type.split("/").at(-1)}` };
      }
      const resource = at(result, "data") ?? result;
      const [etag, next] = [at(resource, "etag"), at(result, "pageInfo.endCursor")];
      return {
        data: resource,
        etag: typeof etag === "string" ? etag : undefined,
        next: at(result, "pageInfo.hasNextPage") === true && typeof next === "string" ? next : undefined,
        replayed: at(result, "replayed") === true,
      };
    },
    async [Symbol.asyncDispose](): Promise<void> {},
  });
}
