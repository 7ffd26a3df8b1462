/** Media types of responses, by preference. */
export type ResponseType = "application/graphql-response+json" | "application/json" | "text/event-stream";

/** Media type of GraphQL over HTTP, whose statuses say whether a document is valid. */
const GRAPHQL_RESPONSE = "application/graphql-response+json";
/** Media type that clients expect who do not name another one. */
export const JSON_RESPONSE = "application/json";
/** Media type of GraphQL over Server-Sent Events. */
export const EVENT_STREAM = "text/event-stream";

/** Types by range of an `Accept` header. */
const TYPES: Readonly<Record<string, ResponseType>> = {
  [GRAPHQL_RESPONSE]: GRAPHQL_RESPONSE,
  [JSON_RESPONSE]: JSON_RESPONSE,
  [EVENT_STREAM]: EVENT_STREAM,
  "application/*": JSON_RESPONSE,
  "text/*": EVENT_STREAM,
  "*/*": JSON_RESPONSE,
};

/** Number of headers whose type is cached: clients send few different ones. */
const CACHED_HEADERS = 100;
const cached = new Map<string, ResponseType>();

/** Returns the preferred type of an `Accept` header, of which the server has checked that it accepts one. */
export function acceptedType(accept: string | undefined): ResponseType {
  if (accept === undefined) return JSON_RESPONSE;
  const known = cached.get(accept);
  if (known !== undefined) return known;
  const type = preferredType(accept);
  if (cached.size < CACHED_HEADERS) cached.set(accept, type);
  return type;
}

function preferredType(accept: string): ResponseType {
  const [preferred] = accept.toLowerCase().split(",").flatMap((part) => {
    const [range = "", ...parameters] = part.split(";").map((one) => one.trim());
    const type = TYPES[range];
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    const q = weight === undefined ? 1 : Number(weight);
    return type !== undefined && q > 0 ? [{ type, q }] : [];
  }).toSorted((left, right) => right.q - left.q);
  return preferred?.type ?? JSON_RESPONSE;
}
