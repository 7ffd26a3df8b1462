import { HeaderCache } from "../representation/header_cache.ts";
import { compileCoverage, parseMediaType } from "../representation/media_type.ts";
import type { Method, RequestBodyDescriptor, RequestMediaType } from "../operation.ts";
import { Problem } from "../problem.ts";

const UTF8 = /^utf-?8$/i;
const ASCII_COMPATIBLE = /^(?:utf-?8|us-ascii)$/i;

/** Returns the declared media type for a Content-Type header. */
export type SelectMediaType = (
  contentType: string | null,
  contentEncoding: string | null,
) => RequestMediaType;

/**
 * Prepares the selection of a request's media type. The function throws a {@link Problem} 415 for undeclared media
 * types, character sets other than UTF-8, and content codings (RFC 9110, section 15.5.16).
 */
export function compileMediaTypes(method: Method, body: RequestBodyDescriptor): SelectMediaType {
  const offered = body.content.map(({ mediaType }) => mediaType).join(", ");
  const headers: Record<string, string> = method === "PATCH"
    ? { "Accept-Patch": offered }
    : method === "POST"
    ? { "Accept-Post": offered }
    : method === "QUERY"
    ? { "Accept-Query": offered }
    : { Accept: offered };
  const exact = new Map(body.content.map((content) => [content.mediaType, content]));
  const cover = compileCoverage(body.content);
  const cached = new HeaderCache<RequestMediaType>();

  return function selectMediaType(contentType, contentEncoding): RequestMediaType {
    if (contentEncoding !== null && contentEncoding.toLowerCase() !== "identity") {
      throw new Problem(415, "unsupported-media-type", {
        detail: "Content codings are not supported; send the body without Content-Encoding",
        headers: { "Accept-Encoding": "identity" },
      });
    }
    if (contentType === null) {
      throw new Problem(415, "unsupported-media-type", {
        detail: `The Content-Type header is missing; the operation takes ${offered}`,
        headers,
      });
    }
    const known = exact.get(contentType) ?? cached.get(contentType);
    if (known !== undefined) return known;
    const found = find(contentType);
    if (found === undefined) {
      throw new Problem(415, "unsupported-media-type", {
        detail: `The operation does not support this media type; it takes ${offered}${
          /charset/i.test(contentType) ? ", without a charset or with UTF-8" : ""
        }`,
        headers,
      });
    }
    cached.set(contentType, found);
    return found;
  };

  function find(contentType: string): RequestMediaType | undefined {
    const sent = parseMediaType(contentType);
    if (sent === undefined) return undefined;
    const found = cover(sent);
    const charset = sent.parameters.get("charset");
    if (found === undefined || charset === undefined) return found;
    if (found.codec === "text") return ASCII_COMPATIBLE.test(charset) ? found : undefined;
    if (["json", "form", "lines", "sequence"].includes(found.codec)) {
      return UTF8.test(charset) ? found : undefined;
    }
    return found;
  }
}
