// Code generated from tools/oapi_codegen/client/runtime/api_client.ts; DO NOT EDIT.
import type { Middleware } from "openapi-fetch";
import { type ApiResult, Caller, type CallInit, type ClientOptions, type OperationTraits } from "./caller.gen.ts";
import type { EntityTags } from "./entity_tags.gen.ts";
import { type Pages, pagesOf } from "./pages.gen.ts";
import type {
  AnyPaths,
  CallArguments,
  CallOptions,
  DataOf,
  ItemOf,
  ListPath,
  Method,
  PageOf,
  PathWith,
} from "./paths.gen.ts";

export type { ApiResult, ClientOptions };

type Call<Paths, M extends Method> = <
  Path extends PathWith<Paths, M>,
  Init extends CallOptions<Paths, Path, M> = CallOptions<Paths, Path, M>,
>(
  path: Path,
  ...init: CallArguments<CallOptions<Paths, Path, M>, Init>
) => Promise<ApiResult<DataOf<Paths, Path, M, Init>>>;

/**
 * Client of an API. Every method returns the content of a success and throws anything else: a `ProblemError` for other
 * responses, a `ConnectionError` without one. A client keeps tags and a consistency token, so every user needs their own.
 */
export interface ApiClient<Paths> {
  readonly GET: Call<Paths, "get">;
  readonly PUT: Call<Paths, "put">;
  readonly POST: Call<Paths, "post">;
  readonly DELETE: Call<Paths, "delete">;
  readonly OPTIONS: Call<Paths, "options">;
  readonly HEAD: Call<Paths, "head">;
  readonly PATCH: Call<Paths, "patch">;
  /** Iterates over the items of a list, page by page. */
  pages<Path extends ListPath<Paths>>(
    path: Path,
    ...init: CallArguments<CallOptions<Paths, Path, "get">>
  ): Pages<ItemOf<Paths, Path>, PageOf<Paths, Path>>;
  /** Entity tags that updates send, by path. */
  readonly etags: EntityTags;
  /** Token that reads send, to see at least the writes of this client; it can be that of another one. */
  consistencyToken: string | undefined;
  /** Adds middleware of openapi-fetch, which sees every request and response. */
  use(...middleware: Middleware[]): void;
}

/** Client whose paths are not known to the compiler. */
interface UntypedClient extends Pick<ApiClient<AnyPaths>, "etags" | "consistencyToken" | "use"> {
  GET(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  PUT(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  POST(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  DELETE(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  OPTIONS(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  HEAD(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  PATCH(path: string, init?: CallInit): Promise<ApiResult<unknown>>;
  pages(path: string, init?: CallInit): Pages<unknown, unknown>;
}

/** Creates a client for the operations of a document, which `operations` lists by method and path. */
export function createApiClient<Paths>(
  operations: Readonly<Record<string, OperationTraits>>,
  options: ClientOptions,
): ApiClient<Paths>;
export function createApiClient(
  operations: Readonly<Record<string, OperationTraits>>,
  options: ClientOptions,
): UntypedClient {
  const caller = new Caller(operations, options);
  const method = (name: string) => (path: string, init?: CallInit): Promise<ApiResult<unknown>> =>
    caller.call(name, path, init);
  return {
    GET: method("GET"),
    PUT: method("PUT"),
    POST: method("POST"),
    DELETE: method("DELETE"),
    OPTIONS: method("OPTIONS"),
    HEAD: method("HEAD"),
    PATCH: method("PATCH"),
    pages: (path: string, init: CallInit = {}): Pages<unknown, unknown> =>
      pagesOf((query) => caller.call("GET", path, { ...init, query }), init.params?.query ?? {}),
    etags: caller.etags,
    get consistencyToken(): string | undefined {
      return caller.consistencyToken;
    },
    set consistencyToken(token: string | undefined) {
      caller.consistencyToken = token;
    },
    use: (...middleware) => caller.use(...middleware),
  };
}
