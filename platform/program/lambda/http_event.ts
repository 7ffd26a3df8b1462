import { isIP } from "node:net";

/** Member of a JSON object by name. */
type Members = Readonly<Record<string, unknown>>;

/**
 * Forms of events and their responses: API Gateway with payload 1.0 ("gateway-1") and 2.0 ("gateway-2", also of function
 * URLs), and an Application Load Balancer without or with multi-value headers.
 */
export type EventForm = "gateway-1" | "gateway-2" | "balancer" | "balancer-multi";

/** HTTP request in an event of AWS Lambda. */
export interface HttpEvent {
  readonly form: EventForm;
  /** Whether a function URL received the request. */
  readonly isFunctionUrl: boolean;
  readonly method: string;
  /** Path as in the event; percent-encoded or not, depending on the sender. */
  readonly path: string;
  /** Stage of the API at the start of the path, such as "/prod"; empty if there is none. */
  readonly stagePrefix: string;
  /** Query, percent-encoded, without "?". */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Domain that received the request; empty if unknown. */
  readonly domain: string;
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
  /** Address of the client of the gateway or load balancer, as the sender of the event saw it; undefined if unknown. */
  readonly clientAddress: string | undefined;
}

/** Returns the HTTP request in an event; undefined for an event of another kind. */
export function parseHttpEvent(event: unknown): HttpEvent | undefined {
  const members = membersOf(event);
  const context = membersOf(members["requestContext"]);
  if (isMembers(context["elb"])) return parseBalancer(members);
  if (isMembers(context["http"])) return parseGateway2(members, context);
  return isMembers(event) && isMembers(event["requestContext"]) ? parseGateway1(members, context) : undefined;
}

function parseGateway2(event: Members, context: Members): HttpEvent | undefined {
  const { method, sourceIp } = membersOf(context["http"]);
  const path = event["rawPath"];
  if (typeof method !== "string" || typeof path !== "string") return undefined;
  const domain = textOf(context["domainName"]);
  const cookies = textsOf(event["cookies"]);
  return {
    form: "gateway-2",
    isFunctionUrl: /\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(domain),
    ...{ method, path, domain },
    stagePrefix: stagePrefix(path, context),
    query: textOf(event["rawQueryString"]),
    headers: [
      ...singleHeaders(event).filter(([name]) => cookies.length === 0 || name.toLowerCase() !== "cookie"),
      ...(cookies.length === 0 ? [] : [["Cookie", cookies.join("; ")] as const]),
    ],
    ...bodyOf(event),
    clientAddress: addressOf(sourceIp),
  };
}

function parseGateway1(event: Members, context: Members): HttpEvent | undefined {
  const { httpMethod: method, path } = event;
  if (typeof method !== "string" || typeof path !== "string") return undefined;
  // Values arrive decoded.
  const query = queryOf(event, encodeURIComponent);
  return {
    form: "gateway-1",
    isFunctionUrl: false,
    ...{ method, path, query },
    // A REST API removes the stage itself.
    stagePrefix: event["version"] === "1.0" ? stagePrefix(path, context) : "",
    // A REST API sends compressed bodies on only if it is configured for binary ones.
    headers: headersOf(event).filter(([name]) => name.toLowerCase() !== "accept-encoding"),
    domain: textOf(context["domainName"]),
    ...bodyOf(event),
    clientAddress: addressOf(membersOf(context["identity"])["sourceIp"]),
  };
}

function parseBalancer(event: Members): HttpEvent | undefined {
  const { httpMethod: method, path } = event;
  if (typeof method !== "string" || typeof path !== "string") return undefined;
  const headers = headersOf(event);
  const forwardedFor = headers.filter(([name]) => name.toLowerCase() === "x-forwarded-for").at(-1)?.[1];
  return {
    form: isMembers(event["multiValueHeaders"]) ? "balancer-multi" : "balancer",
    isFunctionUrl: false,
    ...{ method, path, headers },
    stagePrefix: "",
    // Names and values arrive as they were sent.
    query: queryOf(event, (text) => text),
    domain: "",
    ...bodyOf(event),
    // The event has no other source. The load balancer appends its client to what that has sent.
    clientAddress: addressOf(forwardedFor?.split(",").at(-1)?.trim()),
  };
}

/** Returns the stage at the start of a path. Only the API's own domain has it there, not a domain of the customer. */
function stagePrefix(path: string, context: Members): string {
  const { stage, apiId, domainName } = context;
  if (typeof stage !== "string" || stage === "$default" || stage === "") return "";
  const isOwnDomain = textOf(domainName).startsWith(`${textOf(apiId)}.execute-api.`);
  return isOwnDomain && `${path}/`.startsWith(`/${stage}/`) ? `/${stage}` : "";
}

function bodyOf({ body, isBase64Encoded }: Members): Pick<HttpEvent, "body" | "isBase64Encoded"> {
  return {
    body: typeof body === "string" && body !== "" ? body : undefined,
    isBase64Encoded: isBase64Encoded === true,
  };
}

function headersOf(event: Members): HttpEvent["headers"] {
  if (!isMembers(event["multiValueHeaders"])) return singleHeaders(event);
  return Object.entries(event["multiValueHeaders"]).flatMap(([name, values]) => {
    const texts = textsOf(values);
    // Other fields with several values are lists, which commas separate (RFC 9110, section 5.3).
    return name.toLowerCase() === "cookie"
      ? [[name, texts.join("; ")] as const]
      : texts.map((text) => [name, text] as const);
  });
}

function singleHeaders({ headers }: Members): HttpEvent["headers"] {
  return Object.entries(membersOf(headers)).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : []
  );
}

function queryOf(event: Members, encode: (text: string) => string): string {
  const many = event["multiValueQueryStringParameters"];
  const parameters = Object.entries(membersOf(isMembers(many) ? many : event["queryStringParameters"]));
  return parameters.flatMap(([name, value]) =>
    (isMembers(many) ? textsOf(value) : [textOf(value)]).map((text) => `${encode(name)}=${encode(text)}`)
  ).join("&");
}

/** Returns an address without its port; undefined for anything else, such as the source of a test in the console. */
function addressOf(source: unknown): string | undefined {
  const text = textOf(source);
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(address) === 0 ? undefined : address;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
