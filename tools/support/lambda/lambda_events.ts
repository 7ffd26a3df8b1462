/** Request of an event; the fields that tests vary. */
export interface EventRequest {
  readonly method?: string;
  readonly path?: string;
  /** Encoded query without "?". */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const HOST = "abc.execute-api.eu-central-1.amazonaws.com";

/** Returns an event of an HTTP API, or of a function URL with another domain (payload format 2.0). */
export function httpApiEvent(
  { method = "GET", path = "/", query = "", headers = {}, cookies, body, isBase64Encoded = false }:
    EventRequest,
  { domain = HOST, stage = "$default" }: { readonly domain?: string; readonly stage?: string } = {},
): object {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: { host: domain, "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", ...headers },
    requestContext: {
      accountId: "000000000000",
      apiId: "abc",
      domainName: domain,
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "198.51.100.7", userAgent: "test" },
      requestId: "r",
      stage,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}

/** Returns an event of a function URL. */
export function functionUrlEvent(request: EventRequest): object {
  return httpApiEvent(request, { domain: "abc.lambda-url.eu-central-1.on.aws" });
}

/** Returns an event of a REST API (payload format 1.0). */
export function restApiEvent({ method = "GET", path = "/", query = "", ...request }: EventRequest): object {
  const { headers = {}, body = null, isBase64Encoded = false } = request;
  const all = { Host: HOST, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", ...headers };
  const parameters = [...new URLSearchParams(query)];
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: all,
    multiValueHeaders: valuesOf(Object.entries(all)),
    queryStringParameters: parameters.length === 0 ? null : Object.fromEntries(parameters),
    multiValueQueryStringParameters: parameters.length === 0 ? null : valuesOf(parameters),
    requestContext: {
      apiId: "abc",
      domainName: HOST,
      identity: { sourceIp: "198.51.100.7", userAgent: "test" },
      path: `/prod${path}`,
      stage: "prod",
    },
    body,
    isBase64Encoded,
  };
}

/** Returns an event of an Application Load Balancer, which passes on a query as it was sent. */
export function balancerEvent(
  { method = "GET", path = "/", query = "", headers = {}, body = "", isBase64Encoded = false }: EventRequest,
  { isMulti = false }: { readonly isMulti?: boolean } = {},
): object {
  const all = {
    host: "lb.example",
    "x-forwarded-for": "192.0.2.1, 198.51.100.7",
    "x-forwarded-proto": "http",
  };
  const fields = { ...all, ...headers };
  const parameters = query === "" ? [] : query.split("&").map((pair): [string, string] => {
    const [name = "", value = ""] = pair.split("=");
    return [name, value];
  });
  return {
    requestContext: {
      elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/t/1" },
    },
    httpMethod: method,
    path,
    ...(isMulti
      ? {
        multiValueHeaders: valuesOf(Object.entries(fields)),
        multiValueQueryStringParameters: valuesOf(parameters),
      }
      : { headers: fields, queryStringParameters: Object.fromEntries(parameters) }),
    body,
    isBase64Encoded,
  };
}

function valuesOf(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) (values[name] ??= []).push(value);
  return values;
}
