const properties = {
  name: { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" },
  email: { type: ["string", "null"], format: "email", maxLength: 254 },
  age: { type: ["integer", "null"], minimum: 1, maximum: 150 },
} as const;

export const contactBody = {
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties,
} as const;

export const contactPatch = { type: "object", additionalProperties: false, properties } as const;

export const idParams = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string", format: "uuid" } },
} as const;

export const listQuery = {
  type: "object",
  properties: {
    limit: { type: "string", pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" },
    after: { type: "string", minLength: 1, maxLength: 1024 },
  },
} as const;

const contact = {
  type: "object",
  properties: {
    id: { type: "string" },
    name: { type: "string" },
    email: { type: ["string", "null"] },
    age: { type: ["integer", "null"] },
    createdAt: { type: "string", format: "date-time" },
    updatedAt: { type: "string", format: "date-time" },
  },
} as const;

const meta = {
  type: "object",
  properties: {
    requestId: { type: "string" },
    limit: { type: "integer" },
    nextCursor: { type: "string" },
  },
} as const;

export const contactResponse = { type: "object", properties: { data: contact, meta } } as const;

export const listResponse = {
  type: "object",
  properties: { data: { type: "array", items: contact }, meta },
} as const;
