import { covers, parseMediaType } from "../representation/media_type.ts";
import type { Method, RequestBodyDescriptor, RequestMediaType } from "../operation.ts";
import { Problem } from "../problem.ts";

const MAX_REMEMBERED = 256;
const UTF8 = /^utf-?8$/i;
const ASCII_COMPATIBLE = /^(?:utf-?8|us-ascii)$/i;

/** Finds the declared media type of a body by its Content-Type header. */
export type SelectMediaType = (
  contentType: string | null,
  contentEncoding: string | null,
) => RequestMediaType;

/**
 * Prepares the choice for one operation.
 * The function given throws a {@link Problem} 415 for what the document does not declare, a character set other than
 * UTF-8, and content codings (RFC 9110, section 15.5.16).
 */
export function compileMediaTypes(method: Method, body: RequestBodyDescriptor): SelectMediaType {
  const offered = body.content.map(({ mediaType }) => mediaType).join(", ");
  const headers: Record<string, string> = method === "PATCH"
    ? { "Accept-Patch": offered }
    : method === "POST"
    ? { "Accept-Post": offered }
    : { Accept: offered };
  const exact = new Map(body.content.map((content) => [content.mediaType, content]));
  const remembered = new Map<string, RequestMediaType>();

  return function selectMediaType(contentType, contentEncoding): RequestMediaType {
    if (contentEncoding !== null && contentEncoding.toLowerCase() !== "identity") {
      throw new Problem(415, "unsupported-media-type", {
        detail: "Content codings are not supported; send the body without Content-Encoding",
        headers: { "Accept-Encoding": "identity" },
      });
    }
    if (contentType === null) {
      throw new Problem(415, "unsupported-media-type", {
        detail: "The Content-Type header is missing",
        headers,
      });
    }
    const known = exact.get(contentType) ?? remembered.get(contentType);
    if (known !== undefined) return known;
    const found = find(contentType);
    if (found === undefined) {
      throw new Problem(415, "unsupported-media-type", {
        detail: "The operation does not support this media type",
        headers,
      });
    }
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    remembered.set(contentType, found);
    return found;
  };

  function find(contentType: string): RequestMediaType | undefined {
    const given = parseMediaType(contentType);
    if (given === undefined) return undefined;
    const found = exact.get(given.essence) ??
      body.content.find(({ mediaType }) => covers(mediaType, given.essence));
    const charset = given.parameters.get("charset");
    if (found === undefined || charset === undefined) return found;
    if (found.codec === "text") return ASCII_COMPATIBLE.test(charset) ? found : undefined;
    if (found.codec === "json" || found.codec === "form") return UTF8.test(charset) ? found : undefined;
    return found;
  }
}
