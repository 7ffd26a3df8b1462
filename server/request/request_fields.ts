/** The header fields that the server itself reads of every request, taken in one pass. */
export interface RequestFields {
  /** The bytes of all names and values. */
  readonly bytes: number;
  readonly host: string | null;
  readonly accept: string | null;
  /** Never to be logged. */
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly contentLength: string | null;
  readonly contentEncoding: string | null;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  readonly requestId: string | null;
}

/**
 * Reads them. One pass with `forEach` gives the size of everything and costs less than asking for five fields one by
 * one; iterators over `Headers` cost four times as much.
 */
export function readRequestFields(headers: Headers): RequestFields {
  let bytes = 0;
  let host = null;
  let accept = null;
  let authorization = null;
  let contentType = null;
  let contentLength = null;
  let contentEncoding = null;
  let ifMatch = null;
  let ifNoneMatch = null;
  let requestId = null;
  headers.forEach((value, name) => {
    bytes += name.length + value.length;
    switch (name) {
      case "host":
        host = value;
        break;
      case "accept":
        accept = value;
        break;
      case "authorization":
        authorization = value;
        break;
      case "content-type":
        contentType = value;
        break;
      case "content-length":
        contentLength = value;
        break;
      case "content-encoding":
        contentEncoding = value;
        break;
      case "if-match":
        ifMatch = value;
        break;
      case "if-none-match":
        ifNoneMatch = value;
        break;
      case "x-request-id":
        requestId = value;
        break;
    }
  });
  return {
    bytes,
    host,
    accept,
    authorization,
    contentType,
    contentLength,
    contentEncoding,
    ifMatch,
    ifNoneMatch,
    requestId,
  };
}
