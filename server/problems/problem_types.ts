import type { ProblemType } from "../api_module.ts";

/** The kinds of problem that the server itself answers; services add their own. */
export const SERVER_PROBLEM_TYPES: readonly ProblemType[] = [
  {
    slug: "malformed-request",
    title: "Malformed request",
    status: 400,
    validation: true,
    detail: "The request cannot be understood: a parameter or the syntax of the body is wrong. " +
      "The member invalidParams names every error. Correct them before trying again.",
  },
  {
    slug: "unauthenticated",
    title: "Not authenticated",
    status: 401,
    detail: "The operation needs a valid access token, in the header Authorization: Bearer <token>. " +
      "Where one was sent it is malformed, has expired, or was not issued for this service: get a new one.",
  },
  {
    slug: "forbidden",
    title: "Not permitted",
    status: 403,
    detail: "The access token is valid but lacks a scope that the operation needs. " +
      "The WWW-Authenticate header names what is needed: ask for a token with it.",
  },
  {
    slug: "not-found",
    title: "Not found",
    status: 404,
    detail: "Nothing is at this address. Check the path against the documentation of the API.",
  },
  {
    slug: "method-not-allowed",
    title: "Method not allowed",
    status: 405,
    detail: "The resource exists but does not offer this method. The Allow header lists the ones it does.",
  },
  {
    slug: "not-acceptable",
    title: "Not acceptable",
    status: 406,
    detail: "The Accept header excludes every representation that the operation can give. " +
      "Add one of the documented media types, or leave the header out.",
  },
  {
    slug: "request-timeout",
    title: "Request timeout",
    status: 408,
    detail: "The body did not arrive in the time the server waits for it. The request may be sent again.",
  },
  {
    slug: "idempotency-key-in-use",
    title: "Idempotency key in use",
    status: 409,
    detail: "Another request with this Idempotency-Key is being worked on. Repeat the request after the " +
      "time in Retry-After: it is then given the answer of the first one.",
  },
  {
    slug: "idempotency-key-reused",
    title: "Idempotency key used for another request",
    status: 422,
    detail: "The Idempotency-Key was used for a request with another path, query or body. Nothing was " +
      "done: a new request needs a new key, and a repeated one has to be what it was.",
  },
  {
    slug: "idempotency-key-expired",
    title: "Idempotency key expired",
    status: 422,
    detail: "The Idempotency-Key was used so long ago that its answer is no longer kept. Nothing was done: " +
      "look at what came of the first request, and use a new key for a new one.",
  },
  {
    slug: "precondition-failed",
    title: "Precondition failed",
    status: 412,
    detail: "The resource is not in the version that the If-Match header names. " +
      "Read it again, and repeat the change on what it is now.",
  },
  {
    slug: "content-too-large",
    title: "Content too large",
    status: 413,
    detail: "The body is larger than the operation takes. Send less, or send it in parts.",
  },
  {
    slug: "uri-too-long",
    title: "URI too long",
    status: 414,
    detail: "The request target is longer than the server takes. Shorten the query.",
  },
  {
    slug: "unsupported-media-type",
    title: "Unsupported media type",
    status: 415,
    detail:
      "The body is in a media type, character set or content coding that the operation does not take. " +
      "Accept-Post or Accept-Patch lists the media types, Accept-Encoding the codings.",
  },
  {
    slug: "invalid-content",
    title: "Invalid content",
    status: 422,
    validation: true,
    detail:
      "The body is well formed but breaks a rule of the API. The member invalidParams names every error.",
  },
  {
    slug: "misdirected-request",
    title: "Misdirected request",
    status: 421,
    detail:
      "The Host header names a server that this one is not. Open to everything on this machine, it answers only to " +
      "addresses and to names such as localhost. To be reached by another name it has to be given PUBLIC_URL, and " +
      "told how callers are known.",
  },
  {
    slug: "precondition-required",
    title: "Precondition required",
    status: 428,
    detail: "The operation changes a resource only in a known version. Send its ETag in the If-Match header.",
  },
  {
    slug: "rate-limited",
    title: "Too many requests",
    status: 429,
    detail: "More was asked for in a while than one caller may. RateLimit-Policy tells how much that is, " +
      "Retry-After after how many seconds there is more.",
  },
  {
    slug: "headers-too-large",
    title: "Request header fields too large",
    status: 431,
    detail: "The header fields together are larger than the server takes. Send fewer or shorter ones.",
  },
  {
    slug: "internal-error",
    title: "Internal error",
    status: 500,
    detail: "Something went wrong in the program, not in the request. " +
      "Tell the operators the requestId; they find the cause by it.",
  },
  {
    slug: "not-implemented",
    title: "Not implemented",
    status: 501,
    detail: "The server does not know the request's method. Method names are case-sensitive.",
  },
  {
    slug: "overloaded",
    title: "Overloaded",
    status: 503,
    detail: "More is asked of the program than it can answer in good time. Nothing was done: " +
      "repeat the request after the time in Retry-After, and not faster.",
  },
  {
    slug: "unavailable",
    title: "Service unavailable",
    status: 503,
    detail:
      "The program cannot serve the request now: it is stopping, or something it needs does not answer. " +
      "Try again after the time in Retry-After.",
  },
  {
    slug: "auth-unavailable",
    title: "Authentication unavailable",
    status: 503,
    detail:
      "Whether the access token is valid cannot be told now, because the keys to check it with cannot " +
      "be had. The token may be good: try again with it after the time in Retry-After.",
  },
  {
    slug: "deadline-passed",
    title: "Deadline passed",
    status: 503,
    detail:
      "The request took longer than the server lets one take, and was ended. Whether a change was made " +
      "is not known: read the resource before trying again.",
  },
];
