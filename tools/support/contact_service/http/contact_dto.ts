import { resourcePatch } from "@archway/service_kit/resource_patch.ts";
import type * as api from "../api/contactapi/server.gen.ts";
import { replaceContactBodyApplicationJson } from "../api/contactapi/validators.gen.js";
import type { Contact, ContactInput } from "../domain/contact.ts";

/** Converts a contact to its representation, with only the properties listed here. */
export function contactToJson({ id, name, email, age, createdAt, updatedAt }: Contact): api.Contact {
  return age === null
    ? { id, name, email, createdAt, updatedAt }
    : { id, name, email, age, createdAt, updatedAt };
}

/** Converts a request body to input; absent properties become null. */
export function contactInput({ name, email, age }: api.NewContact): ContactInput {
  return { name, email: email ?? null, age: age ?? null };
}

/** Applies the patch of a request to a contact's representation. */
export const patchContact = resourcePatch<api.NewContact>({
  resource: "contact",
  readOnly: ["id", "createdAt", "updatedAt"],
  validate: replaceContactBodyApplicationJson,
});
