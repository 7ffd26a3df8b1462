/** Settings of the service, and defects that can be planted in it. */
export interface NotesOptions {
  /** Malformed JSON gets a 500. */
  readonly failsOnJson?: boolean;
  /** Undeclared methods get a 404. */
  readonly hidesMethods?: boolean;
  /** The entity tag stays the same when the note changes. */
  readonly keepsEtag?: boolean;
  /** `If-None-Match` of a read and `If-Match` of a write are ignored. */
  readonly ignoresConditions?: boolean;
  /** Pages of any length. */
  readonly hasNoMaximum?: boolean;
  /** Bearer token that requests need; without it, all are served. */
  readonly token?: string;
  /** Any bearer token will do. */
  readonly takesAnyToken?: boolean;
  /** Errors show their stack. */
  readonly showsStack?: boolean;
}

interface Note {
  readonly noteId: number;
  readonly text: string;
  readonly stars?: number | null;
  readonly version: number;
}

/** An error with a status. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(title);
  }
}

/** Starts the service of notes_api.yaml, which is independent of Archway. */
export function serveNotes(defects: NotesOptions = {}): Deno.HttpServer<Deno.NetAddr> {
  const notes = new Map<number, Note>();
  let last = 0;

  async function respond(request: Request): Promise<Response> {
    const { pathname, searchParams } = URL.parse(request.url) ??
      { pathname: "", searchParams: new URLSearchParams() };
    const [, id] = /^\/api\/notes(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (!/^\/api\/notes(?:\/[^/]+)?$/.test(pathname)) throw new Refusal(404, "Not found");
    const methods = id === undefined ? ["GET", "HEAD", "POST"] : ["GET", "HEAD", "PUT", "DELETE"];
    if (!methods.includes(request.method)) {
      if (defects.hidesMethods) throw new Refusal(404, "Not found");
      throw new Refusal(405, "Method not allowed", { Allow: methods.join(", ") });
    }
    const authorization = request.headers.get("authorization") ?? "";
    const isKnown = defects.takesAnyToken
      ? /^bearer ./i.test(authorization)
      : authorization === `Bearer ${defects.token}`;
    if (defects.token !== undefined && !isKnown) {
      throw new Refusal(401, "No access", { "WWW-Authenticate": "Bearer" });
    }
    checkQuery(id === undefined && request.method === "GET" ? ["limit", "tag"] : [], searchParams);
    const accept = request.headers.get("accept") ?? "*/*";
    if (/^GET$/.test(request.method) && /^text\/html$|^application\/vnd/.test(accept)) {
      throw new Refusal(406, "Not acceptable");
    }
    return id === undefined ? await ofList(request, searchParams) : await ofNote(request, id);
  }

  async function ofList(request: Request, query: URLSearchParams): Promise<Response> {
    if (request.method === "POST") {
      const note = { ...await readNote(request), noteId: ++last, version: 1 };
      notes.set(note.noteId, note);
      return Response.json(shown(note), { status: 201 });
    }
    const limit = query.get("limit") ?? "20";
    const isInRange = /^[1-9][0-9]*$/.test(limit) && (Number(limit) <= 50 || defects.hasNoMaximum === true);
    if (!isInRange) throw new Refusal(400, "The limit is out of range");
    if ([...query.get("tag") ?? ""].length > 20) throw new Refusal(400, "The tag is too long");
    return Response.json([...notes.values()].slice(0, Number(limit)).map(shown));
  }

  async function ofNote(request: Request, id: string): Promise<Response> {
    if (!/^[1-9][0-9]*$/.test(id)) throw new Refusal(400, "The id is no number");
    const isWrite = !/^(?:GET|HEAD)$/.test(request.method);
    const ifMatch = request.headers.get("if-match");
    if (isWrite && ifMatch === null) throw new Refusal(428, "If-Match is missing");
    const input = request.method === "PUT" ? await readNote(request) : undefined;
    const note = notes.get(Number(id));
    if (note === undefined) throw new Refusal(404, "Not found");
    const etag = defects.keepsEtag ? `"${note.noteId}"` : `"${note.noteId}-${note.version}"`;
    const isMatch = defects.ignoresConditions || ifMatch === null || ifMatch === "*" ||
      listed(ifMatch).includes(etag);
    if (!isMatch) throw new Refusal(412, "The note was modified");
    if (input !== undefined) {
      const changed = { ...input, noteId: note.noteId, version: note.version + 1 };
      notes.set(note.noteId, changed);
      return Response.json(shown(changed));
    }
    if (request.method === "DELETE") {
      notes.delete(note.noteId);
      return new Response(null, { status: 204 });
    }
    const ifNoneMatch = request.headers.get("if-none-match")?.replaceAll("W/", "");
    const isSeen = ifNoneMatch === "*" || listed(ifNoneMatch ?? "").includes(etag);
    if (isSeen && !defects.ignoresConditions) {
      return new Response(null, { status: 304, headers: { ETag: etag } });
    }
    return Response.json(shown(note), { headers: { ETag: etag } });
  }

  async function readNote(request: Request): Promise<Pick<Note, "text" | "stars">> {
    if (!/^application\/json *(?:;|$)/i.test(request.headers.get("content-type") ?? "")) {
      throw new Refusal(415, "Unsupported media type");
    }
    let body: unknown;
    try {
      body = JSON.parse(
        new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await request.bytes()),
      );
    } catch (error) {
      if (defects.failsOnJson) throw error;
      throw new Refusal(400, "The body is no JSON");
    }
    const { text, stars, ...others }: Record<string, unknown> = Object(body);
    const isNote = typeof body === "object" && !Array.isArray(body) && typeof text === "string" &&
      text !== "" &&
      [...text].length <= 40 && Object.keys(others).length === 0;
    const isRated = stars === undefined || stars === null ||
      (typeof stars === "number" && Number.isInteger(stars) && stars >= 0 && stars <= 5);
    if (!isNote || !isRated) throw new Refusal(400, "The note is invalid");
    return { text, ...stars !== undefined && { stars } };
  }

  function refuse(error: unknown): Response {
    const { status, message, headers } = error instanceof Refusal
      ? error
      : new Refusal(500, "Internal error");
    const detail = defects.showsStack && error instanceof Error ? { detail: error.stack } : {};
    const body = JSON.stringify({ type: "about:blank", title: message, status, ...detail });
    return new Response(body, {
      status,
      headers: { ...headers, "Content-Type": "application/problem+json" },
    });
  }

  const options = { hostname: "127.0.0.1", port: 0, onListen(): void {} };
  return Deno.serve(options, (request) => respond(request).catch(refuse));
}

function checkQuery(known: readonly string[], query: URLSearchParams): void {
  const names = [...query.keys()];
  const isKnown = names.every((name) => known.includes(name)) && new Set(names).size === names.length;
  if (!isKnown || /\ufffd/.test(query.toString())) {
    throw new Refusal(400, "A parameter is unknown or repeated");
  }
}

function listed(etags: string): readonly string[] {
  return etags.split(",").map((etag) => etag.trim());
}

function shown({ version: _, ...note }: Note): Omit<Note, "version"> {
  return note;
}
