import type { ApiModule } from "@archway/server/api_module.ts";
import {
  type Authenticator,
  type Credential,
  type CredentialAuthenticator,
  InvalidTokenError,
} from "@archway/server/authenticator.ts";
import type { Idempotency, KeyedResponse } from "@archway/server/idempotency.ts";
import type { Operation, Route } from "@archway/server/operation.ts";
import { Problem } from "@archway/server/problem.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import {
  withApi,
  withAuthenticator,
  withCredentialAuthenticator,
  withIdempotency,
} from "@archway/server/server_options.ts";
import { SECRET } from "./with_credentials.ts";

/** Parts of a generated `server.gen.ts` that are served. */
export interface GeneratedApi {
  readonly spec: string;
  readonly operationDescriptors: Readonly<Record<string, Operation>>;
  routes(handlers: object): readonly Route[];
}

/** Name of the served document. */
export const API_NAME = "corpus";
/** Problem type of every handler. */
export const NOT_WRITTEN = "handler-not-written";

/** Creates the server of a service whose handlers all respond 501. */
export function serveGenerated(api: GeneratedApi): Server {
  const handlers = new Proxy({}, {
    get: () => (): never => {
      throw new Problem(501, NOT_WRITTEN, { detail: "The handler of this operation is not written" });
    },
  });
  const module: ApiModule = {
    name: API_NAME,
    routes: api.routes(handlers),
    document: api.spec,
    problemTypes: [{
      slug: NOT_WRITTEN,
      title: "Handler not written",
      status: 501,
      detail: "The request is valid, but its operation has no handler.",
    }],
    problemOf: () => undefined,
  };
  const authenticator = authenticatorOf(api);
  const options = [
    withApi(module),
    withAuthenticator(authenticator),
    withCredentialAuthenticator(authenticator),
    withIdempotency(ONCE),
  ];
  return createServer("127.0.0.1", 0, ...options);
}

/** Accepts one secret as any credential, with the scopes of all operations. */
function authenticatorOf({ operationDescriptors }: GeneratedApi): Authenticator & CredentialAuthenticator {
  const scopes = Object.values(operationDescriptors).flatMap(({ security }) =>
    security.flat().flatMap((scheme) => scheme.scopes)
  );
  const principal: Principal = { subject: "corpus", scopes: new Set(scopes) };
  return {
    authenticate(credential: string | Credential): Principal {
      if (secretOf(credential) !== SECRET) throw new InvalidTokenError("The secret is another");
      return principal;
    },
  };
}

function secretOf(credential: string | Credential): string {
  if (typeof credential === "string") return credential;
  return credential.kind === "basic" ? credential.password : credential.key;
}

/** Runs every keyed request; the corpus does not repeat any. */
const ONCE: Idempotency = {
  async run({ operation }, work): Promise<KeyedResponse> {
    const { response } = await work({ operation });
    return { response, replayed: false, fresh: {} };
  },
};
