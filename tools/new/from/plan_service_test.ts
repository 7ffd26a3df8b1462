import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { NewError } from "../usage_error.ts";
import type { Collection } from "./collection.ts";
import { readDocument, type SourceDocument } from "./document_files.ts";
import { planReport } from "./plan_report.ts";
import { planService, type ServicePlan } from "./plan_service.ts";

const FIXTURES = join(import.meta.dirname ?? ".", "fixtures");

/** Visits, of whose bodies most is lost; guests, of which half is; a POST to an item; notes in envelopes. */
const VISITS = `openapi: 3.1.0
info: { title: Visits, version: "1" }
security: []
paths:
  /visits:
    post:
      operationId: addVisit
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewVisit" } } } }
      responses: { "201": { $ref: "#/components/responses/Visit" } }
  /visits/{id}:
    get:
      operationId: getVisit
      parameters: [{ $ref: "#/components/parameters/Id" }]
      responses: { "200": { $ref: "#/components/responses/Visit" } }
  /guests:
    post:
      operationId: addGuest
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewGuest" } } } }
      responses: { "201": { $ref: "#/components/responses/Guest" } }
  /guests/{id}:
    get:
      operationId: getGuest
      parameters: [{ $ref: "#/components/parameters/Id" }]
      responses: { "200": { $ref: "#/components/responses/Guest" } }
    post:
      operationId: rename
      parameters: [{ $ref: "#/components/parameters/Id" }]
      responses: { "204": { description: Renamed } }
  /notes:
    post:
      operationId: addNote
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { data: { $ref: "#/components/schemas/NewGuest" } } }
      responses: { "201": { $ref: "#/components/responses/Guest" } }
  /notes/{id}:
    get:
      operationId: getNote
      parameters: [{ $ref: "#/components/parameters/Id" }]
      responses: { "200": { $ref: "#/components/responses/Guest" } }
components:
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: string, format: uuid } }
  responses:
    Visit:
      description: A visit
      content: { application/json: { schema: { $ref: "#/components/schemas/Visit" } } }
    Guest:
      description: A guest
      content: { application/json: { schema: { $ref: "#/components/schemas/Guest" } } }
  schemas:
    NewVisit:
      type: object
      required: [reason]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        reason: { type: string }
        room: { type: string }
        badge: { type: string }
        pin: { type: string }
    Visit:
      type: object
      required: [id]
      properties:
        id: { type: string, format: uuid }
        reason: { type: string }
        badge: { type: integer }
    NewGuest:
      type: object
      required: [name]
      properties: { name: { type: string }, password: { type: string } }
    Guest:
      type: object
      required: [id]
      properties: { id: { type: string, format: uuid }, name: { type: string } }
`;

/** Bookings, whose creation says more about their guests than what is returned, and whose status nothing sets. */
const BOOKINGS = `openapi: 3.1.0
info: { title: Bookings, version: "1" }
security: []
paths:
  /bookings:
    post:
      operationId: addBooking
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewBooking" } } } }
      responses: { "201": { $ref: "#/components/responses/Booking" } }
  /bookings/{id}:
    get:
      operationId: getBooking
      parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
      responses: { "200": { $ref: "#/components/responses/Booking" } }
components:
  responses:
    Booking:
      description: A booking
      content: { application/json: { schema: { $ref: "#/components/schemas/Booking" } } }
  schemas:
    Guest: { type: object, required: [name], properties: { name: { type: string } } }
    NewBooking:
      type: object
      required: [guests]
      properties: { guests: { type: array, minItems: 1, items: { $ref: "#/components/schemas/Guest" } } }
    Booking:
      type: object
      required: [id, guests, status]
      properties:
        id: { type: string, format: uuid }
        guests: { type: array, items: { $ref: "#/components/schemas/Guest" } }
        status: { enum: [pending, confirmed] }
`;

async function plan(path: string): Promise<ServicePlan & { readonly source: SourceDocument }> {
  const source = await readDocument(join(FIXTURES, path));
  const { operations, references } = source;
  const planned = planService(operations, {
    ...{ references, isOwned: true, prefix: "own" },
    isTaken: ({ plural }) => plural.snake === "depots",
  });
  return { ...planned, source };
}

/** Columns of a table as `name kind`, with "?" for those that may be null. */
function columns({ columns }: Collection): readonly string[] {
  return columns.map(({ name, type, isOptional }) =>
    `${name} ${type.kind}${isOptional || type.isNullable ? "?" : ""}`
  );
}

function reasons({ left }: ServicePlan): Readonly<Record<string, string>> {
  return Object.fromEntries(left.map(({ operation, reason }) => [operation.operationId, reason]));
}

Deno.test("planService() finds collections of lists as arrays, with integer keys and bodies that hold them", async () => {
  const found = await plan("parcels.yaml");
  const [parcels, depots] = found.collections;
  if (parcels === undefined || depots === undefined) throw new Error("no collections");
  assertEquals(columns(parcels), [
    ...["sender text", "state text?", "orderValue integer?", "grams bigint?", "size json?", "tags json?"],
    ...["due date?", "seenAt timestamp?", "fragile boolean"],
  ]);
  assertEquals(parcels.key, { property: "id", kind: "bigint", namedBy: "either" });
  assertEquals(parcels.path, "/v2/parcels");
  assertEquals([parcels.replace?.operation.operationId, parcels.replace?.key], ["changeParcel", "optional"]);
  assertEquals(parcels.create.isBodyOptional, true);
  assertEquals(
    parcels.lists.map(({ operation, filters, ignored, paging }) => [
      operation.operationId,
      filters.map(({ parameter, isList }) => `${parameter}${isList ? "[]" : ""}`),
      ignored,
      [paging.style, paging.limit, paging.offset, paging.maxLimit],
    ]),
    [
      ["listParcels", ["state"], ["sort"], ["offset", "limit", "offset", 50]],
      ["findByState", ["state[]"], [], ["offset", undefined, undefined, 1000]],
    ],
  );
  assertEquals([depots.names.plural.snake, depots.key.namedBy], ["own_depots", "client"]);
  assertEquals(depots.keys.made.length, 5);
  assertEquals(reasons(found), {
    printLabel: "not an operation of a collection",
    listPrices: "not an operation of a collection",
    findByTag: "its parameter tag is not a property of the item",
  });
});

Deno.test("planService() finds collections in envelopes of several files, with cursors and entity tags", async () => {
  const found = await plan("hotels/openapi.yaml");
  const [stays, offers, ...others] = found.collections;
  if (stays === undefined || offers === undefined) throw new Error("no collection");
  assertEquals(others, []);
  assertEquals(columns(stays), [
    ...["guestName text", "fromValue date", "nights integer?", "room json?", "arrivesAt timestamp?"],
  ]);
  assertEquals(stays.key, { property: "id", kind: "uuid", namedBy: "server" });
  assertEquals([stays.read?.response.property, stays.read?.response.constants], ["data", [[
    "version",
    "2026-11",
  ]]]);
  const [list] = stays.lists;
  assertEquals([list?.paging.style, list?.paging.cursor, list?.property], ["cursor", "cursor", "data"]);
  assertEquals(list?.members.map(({ property }) => property), ["meta", "links"]);
  const status = stays.read?.response.representation?.members.find(({ property }) => property === "status");
  assertEquals(status?.source, { kind: "constant", value: "requested" });
  assertEquals(stays.patch?.members.map(({ column }) => column.name), ["guestName", "nights"]);
  assertEquals(stays.isOwned, true);
  const nested = "a collection below items of another one";
  assertEquals(reasons(found), {
    pay: "not an operation of a collection",
    listNotes: nested,
    addNote: nested,
    search: "not an operation of a collection",
  });
});

Deno.test("planService() stores bodies with alternatives as a whole", async () => {
  const { collections: [, offers] } = await plan("hotels/openapi.yaml");
  if (offers === undefined) throw new Error("no collection");
  assertEquals(columns(offers), ["body json"]);
  assertEquals(offers.create.response.representation?.members.map(({ source }) => source.kind), [
    "whole",
    "key",
  ]);
  assertEquals(offers.values.map(({ name }) => name), ["OfferOffer"]);
});

Deno.test("planService() leaves collections that would lose most of a body or have it in an envelope, and POST to items", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_plan_" });
  try {
    const path = join(folder, "visits.yaml");
    await Deno.writeTextFile(path, VISITS);
    const { operations, references } = await readDocument(path);
    const found = planService(operations, {
      ...{ references, isOwned: false, prefix: "own", isTaken: () => false },
    });
    assertEquals(found.collections.map((one) => [one.path, columns(one)]), [["/guests", ["name text?"]]]);
    const lost = "/visits has no table: only 1 of the 4 properties of its body can be stored and returned";
    const wrapped =
      "/notes has no table: its body is an envelope around the item; envelopes of requests are not read";
    assertEquals(reasons(found), {
      ...{ addNote: wrapped, getNote: wrapped },
      ...{ addVisit: lost, getVisit: lost, rename: "a POST to an item, which is not a collection" },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Tickets, created without a body; coupons, whose ids no server can make; ships, whose pages have no next one. */
const TICKETS = `openapi: 3.1.0
info: { title: Tickets, version: "1" }
security: []
paths:
  /tickets:
    post: { operationId: addTicket, responses: { "201": { $ref: "#/components/responses/Ship" } } }
  /tickets/{id}:
    get:
      operationId: getTicket
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { $ref: "#/components/responses/Ship" } }
  /coupons:
    post:
      operationId: addCoupon
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Coupon" } } } }
      responses: { "201": { $ref: "#/components/responses/Coupon" } }
  /coupons/{id}:
    get:
      operationId: getCoupon
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { $ref: "#/components/responses/Coupon" } }
  /ships:
    get:
      operationId: listShips
      parameters: [{ name: after, in: query, schema: { type: string } }]
      responses:
        "200":
          description: Ships
          content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Ship" } } } }
    post:
      operationId: addShip
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Ship" } } } }
      responses: { "201": { $ref: "#/components/responses/Ship" } }
components:
  responses:
    Ship:
      description: A ship
      content: { application/json: { schema: { $ref: "#/components/schemas/Ship" } } }
    Coupon:
      description: A coupon
      content: { application/json: { schema: { $ref: "#/components/schemas/Coupon" } } }
  schemas:
    Ship:
      type: object
      required: [id, name]
      properties: { id: { type: string, format: uuid, readOnly: true }, name: { type: string } }
    Coupon:
      type: object
      required: [id, percent]
      properties:
        id: { type: string, pattern: "^[A-Z]{4}$", readOnly: true }
        percent: { type: integer }
`;

Deno.test("planService() gives the reason why an operation is left", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_plan_" });
  try {
    const path = join(folder, "tickets.yaml");
    await Deno.writeTextFile(path, TICKETS);
    const { operations, references } = await readDocument(path);
    const found = planService(operations, {
      ...{ references, isOwned: false, prefix: "own", isTaken: () => false },
    });
    const bodiless = "/tickets has no table: it has no JSON body";
    const unnamed = "/coupons has no table: its key id cannot be a UUID, so the server cannot generate it";
    assertEquals(reasons(found), {
      ...{ addTicket: bodiless, getTicket: bodiless, addCoupon: unnamed, getCoupon: unnamed },
      listShips: "its parameter after is a cursor, but its response has no place for the next one",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("planService() stores what its creation limits further than its responses, and reports placeholders", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_plan_" });
  try {
    const path = join(folder, "bookings.yaml");
    await Deno.writeTextFile(path, BOOKINGS);
    const { operations, references } = await readDocument(path);
    const found = planService(operations, {
      ...{ references, isOwned: false, prefix: "own", isTaken: () => false },
    });
    assertEquals(found.collections.map(columns), [["guests json"]]);
    assertStringIncludes(
      planReport(found, []),
      'Placeholders in responses, which require them while nothing sets them: status "pending"',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("planReport() says what was decided", async () => {
  const { source, ...found } = await plan("parcels.yaml");
  const report = planReport(found, source.notes);
  for (
    const part of [
      "Its paths are served below /v2, as the document's first server says; --prefix / serves them as written",
      "Left out: application/xml; clients use JSON",
      "parcels for /v2/parcels: addParcel, listParcels, findByState, getParcel, changeParcel, removeParcel",
      "The client may name a parcel by id, or the server does; one that exists is a conflict (409)",
      "Accepted, but neither stored nor returned: pin",
      "listParcels ignores sort; filters are properties of a parcel",
      "POST /v2/parcels/{parcelId}/label (printLabel): not an operation of a collection",
    ]
  ) assertStringIncludes(report, part);
});

Deno.test("readDocument() returns the files of a document, and the settings that it needs", async () => {
  const hotels = await readDocument(join(FIXTURES, "hotels/openapi.yaml"), { prefix: "/stay" });
  assertEquals([...hotels.files.keys()].toSorted(), [
    "openapi.yaml",
    ...["envelope", "new-stay", "stay-patch", "stay"].map((name) => `schemas/${name}.yaml`),
  ]);
  assertEquals([hotels.main, hotels.options], ["openapi.yaml", 'options:\n  base-path: "/stay"\n']);
  const parcels = await readDocument(join(FIXTURES, "parcels.yaml"));
  assertEquals(
    parcels.options,
    'exclude:\n  media-types: ["application/xml"]\noptions:\n  base-path: "servers"\n  default-security: none\n',
  );
});

Deno.test("readDocument() says what is wrong with a document", async () => {
  const unreadable = [
    [join(FIXTURES, "missing.yaml"), "there is no such file"],
    ["https://api.example/openapi.yaml", "download it, and give the path of the file"],
    [FIXTURES, "expected an OpenAPI document"],
  ] as const;
  for (const [path, reason] of unreadable) {
    await assertRejects(() => readDocument(path), NewError, `${path} cannot be read: ${reason}`);
  }
  const folder = join(FIXTURES, "hotels/schemas/stay.yaml");
  await assertRejects(() => readDocument(folder), NewError, "The document cannot be served");
});

Deno.test("readDocument() reads files of the document's folder or git repository only", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_document_" });
  try {
    const path = join(root, "api/openapi.yaml");
    await Deno.mkdir(join(root, "api"));
    const schema = `content: { application/json: { schema: { $ref: "../shared.yaml#/Thing" } } }`;
    const responses = `responses: { "200": { description: Things, ${schema} } }`;
    const get = `get: { operationId: getThings, ${responses} }`;
    await Deno.writeTextFile(
      path,
      `openapi: 3.1.0\ninfo: { title: T, version: "1" }\nsecurity: []\npaths: { /things: { ${get} } }\n`,
    );
    await Deno.writeTextFile(join(root, "shared.yaml"), "Thing: { type: object }\n");
    await assertRejects(() => readDocument(path), NewError, "shared.yaml");
    await Deno.mkdir(join(root, ".git"));
    assertEquals([...(await readDocument(path)).files.keys()].toSorted(), [
      "level1/openapi.yaml",
      "shared.yaml",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
