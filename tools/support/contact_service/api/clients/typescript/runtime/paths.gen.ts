// Code generated from tools/oapi_codegen/client/runtime/paths.ts; DO NOT EDIT.
import type { FetchOptions, FetchResponse } from "openapi-fetch";

/** Methods of a client, by their names in the document. */
export type Method = "get" | "put" | "post" | "delete" | "options" | "head" | "patch";

/** Headers that the client sets, unless a call does. */
type AutomaticHeader = "If-Match" | "Idempotency-Key";

type OperationOf<Item, M extends Method> = Item extends { readonly [K in M]: infer Operation } ? Operation
  : never;

/** Paths that have a method. */
export type PathWith<Paths, M extends Method> = {
  [Path in keyof Paths]: Paths[Path] extends { readonly [K in M]: object } ? Path : never;
}[keyof Paths];

/** Type that extends one exactly if nothing in it is required. */
type Nothing = Record<never, never>;

type RelaxedHeaders<Headers> =
  & Omit<Headers, AutomaticHeader>
  & Partial<Pick<Headers, Extract<keyof Headers, AutomaticHeader>>>;

type RelaxedParameters<Parameters> = Parameters extends { header: infer Headers } ?
    & Omit<Parameters, "header">
    & (Nothing extends RelaxedHeaders<Headers> ? { header?: RelaxedHeaders<Headers> }
      : { header: RelaxedHeaders<Headers> })
  : Parameters;

/** An operation whose automatic headers are optional. */
type Relaxed<Operation> = Operation extends { parameters: infer Parameters }
  ? Omit<Operation, "parameters"> & { parameters: RelaxedParameters<Parameters> }
  : Operation;

/** Options of a call: `params`, `body`, `headers`, `signal` and others of fetch. */
export type CallOptions<Paths, Path extends keyof Paths, M extends Method> = FetchOptions<
  Relaxed<OperationOf<Paths[Path], M>>
>;

/** Arguments after the path: the options, which can be omitted if nothing in them is required. */
export type CallArguments<Options, Init extends Options = Options> = Nothing extends Options
  ? [options?: Init]
  : [options: Init];

type Success<Response> = Response extends { data: infer Data; error?: never } ? Data : never;

/** Content of a successful response. */
export type DataOf<Paths, Path extends keyof Paths, M extends Method, Init> =
  OperationOf<Paths[Path], M> extends infer Operation extends Record<string | number, unknown>
    ? Success<FetchResponse<Operation, Init, `${string}/${string}`>>
    : never;

type JsonOf<Operation> = Operation extends
  { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;

type ItemIn<Body> = Body extends { data: readonly (infer Item)[] } ? Item
  : Body extends readonly (infer Item)[] ? Item
  : never;

/** A page of a list: the content of one response. */
export type PageOf<Paths, Path extends keyof Paths> = JsonOf<OperationOf<Paths[Path], "get">>;

/** Item of a list. */
export type ItemOf<Paths, Path extends keyof Paths> = ItemIn<PageOf<Paths, Path>>;

/** Paths of lists: their content is an array, or has one as `data`. */
export type ListPath<Paths> = {
  [Path in keyof Paths]: [ItemOf<Paths, Path>] extends [never] ? never : Path;
}[keyof Paths];

/** Paths of any document. */
export type AnyPaths = Record<
  string,
  Record<Method | "trace", {
    parameters: { query?: Record<string, unknown>; path?: Record<string, unknown> };
    requestBody?: { content: { "application/json": unknown } };
    responses: { 200: { content: { "application/json": unknown } } };
  }>
>;
