import type { ProblemType } from "../api_module.ts";

/** Problem types of the server itself; services add their own. */
export const SERVER_PROBLEM_TYPES: readonly ProblemType[] = [
  {
    slug: "malformed-request",
    title: "Malformed request",
    status: 400,
    validation: true,
    detail: "The request is malformed: a parameter or the syntax of the body is invalid. " +
      "Correct the errors listed in invalidParams before trying again.",
  },
  {
    slug: "unauthenticated",
    title: "Authentication required",
    status: 401,
    detail:
      "The operation requires valid credentials; the WWW-Authenticate header lists the accepted kinds. " +
      "Access tokens belong into the header Authorization: Bearer <token>. " +
      "Credentials that are malformed, expired or revoked are rejected: obtain new ones.",
  },
  {
    slug: "forbidden",
    title: "Insufficient scope",
    status: 403,
    detail: "The access token or API key lacks a scope that the operation requires. " +
      "Obtain one with the scopes listed in the WWW-Authenticate header.",
  },
  {
    slug: "cross-origin",
    title: "Cross-origin request rejected",
    status: 403,
    detail:
      "A page of another origin cannot use cookies, passwords or certificates of the browser for changes. " +
      "Send the request from the service's own origin, or from one that CORS_ORIGINS lists with credentials.",
  },
  {
    slug: "not-found",
    title: "Not found",
    status: 404,
    detail: "No resource exists at this address. Check the path against the API documentation.",
  },
  {
    slug: "method-not-allowed",
    title: "Method not allowed",
    status: 405,
    detail: "The resource does not support this method. The Allow header lists the supported methods.",
  },
  {
    slug: "not-acceptable",
    title: "Not acceptable",
    status: 406,
    detail: "The Accept header excludes every representation of the resource. " +
      "Include one of the documented media types, or omit the header.",
  },
  {
    slug: "request-timeout",
    title: "Request timeout",
    status: 408,
    detail: "The body did not arrive before the server's timeout. The request may be sent again.",
  },
  {
    slug: "idempotency-key-in-use",
    title: "Idempotency key in use",
    status: 409,
    detail: "Another request with this Idempotency-Key is in progress. Retry after the delay in " +
      "Retry-After to receive the response to the first request.",
  },
  {
    slug: "idempotency-key-reused",
    title: "Idempotency key reused",
    status: 422,
    detail:
      "The Idempotency-Key belongs to a request with a different path, query or body; no changes were " +
      "made. Use a new key for a new request, and repeat a request unchanged.",
  },
  {
    slug: "idempotency-key-expired",
    title: "Idempotency key expired",
    status: 422,
    detail: "The stored response for this Idempotency-Key has expired; no changes were made. " +
      "Check the outcome of the first request, and use a new key for a new request.",
  },
  {
    slug: "precondition-failed",
    title: "Precondition failed",
    status: 412,
    detail: "The current version of the resource does not match the If-Match header. " +
      "Fetch the resource again and reapply the change.",
  },
  {
    slug: "content-too-large",
    title: "Content too large",
    status: 413,
    detail: "The body exceeds the size limit of the operation. Send less data, or split the request.",
  },
  {
    slug: "uri-too-long",
    title: "URI too long",
    status: 414,
    detail: "The request target exceeds the length limit. Shorten the query.",
  },
  {
    slug: "unsupported-media-type",
    title: "Unsupported media type",
    status: 415,
    detail: "The operation does not support the media type, character set or content coding of the body. " +
      "Accept-Post or Accept-Patch lists the supported media types, Accept-Encoding the content codings.",
  },
  {
    slug: "range-not-satisfiable",
    title: "Range not satisfiable",
    status: 416,
    detail:
      "The Range header has no byte of the representation. Content-Range has its size; request a range within it.",
  },
  {
    slug: "invalid-content",
    title: "Validation failed",
    status: 422,
    validation: true,
    detail: "The body is well formed but fails validation. Correct the errors listed in invalidParams.",
  },
  {
    slug: "expectation-failed",
    title: "Expectation failed",
    status: 417,
    detail:
      "The Expect header has an expectation that the server does not support. Send 100-continue, or omit it.",
  },
  {
    slug: "misdirected-request",
    title: "Misdirected request",
    status: 421,
    detail:
      "The server does not accept the host name of the request. Without authentication and PUBLIC_URL " +
      "it accepts only IP addresses and local names such as localhost. To use another name, configure PUBLIC_URL and " +
      "authentication.",
  },
  {
    slug: "precondition-required",
    title: "Precondition required",
    status: 428,
    detail:
      "The operation changes only a known version of the resource. Send its ETag in the If-Match header.",
  },
  {
    slug: "rate-limited",
    title: "Rate limit exceeded",
    status: 429,
    detail: "The caller has exceeded its request quota. RateLimit-Policy describes the quota; " +
      "retry after the delay in Retry-After.",
  },
  {
    slug: "headers-too-large",
    title: "Request header fields too large",
    status: 431,
    detail: "The header fields exceed the total size limit. Send fewer or shorter ones.",
  },
  {
    slug: "internal-error",
    title: "Internal error",
    status: 500,
    detail: "The server failed to process the request. " +
      "Report the requestId to the operators, who can find the cause in the logs.",
  },
  {
    slug: "not-implemented",
    title: "Not implemented",
    status: 501,
    detail:
      "The operation is not implemented yet, or the server does not support the request method or its " +
      "transfer coding. Method names are case-sensitive; the only transfer coding is chunked.",
  },
  {
    slug: "overloaded",
    title: "Service overloaded",
    status: 503,
    detail: "The service is over capacity; no changes were made. " +
      "Retry after the delay in Retry-After, no sooner.",
  },
  {
    slug: "unavailable",
    title: "Service unavailable",
    status: 503,
    detail: "The service cannot handle requests now: it is shutting down, or a dependency is unavailable. " +
      "Retry after the delay in Retry-After.",
  },
  {
    slug: "auth-unavailable",
    title: "Authentication unavailable",
    status: 503,
    detail: "The credentials cannot be verified because the verification keys are unavailable. " +
      "They may still be valid: retry with them after the delay in Retry-After.",
  },
  {
    slug: "deadline-passed",
    title: "Request timed out",
    status: 503,
    detail:
      "The request exceeded the server's time limit and was cancelled. A change may or may not have been made: " +
      "fetch the resource before trying again.",
  },
];
