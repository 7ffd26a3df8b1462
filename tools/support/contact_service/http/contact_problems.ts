import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { ContactErrorCode } from "../domain/contact.ts";

/** Problem types of the contact service, by error code. */
export const contactProblems = problemTable<ContactErrorCode>({
  "contact-not-found": notFound(
    "contact",
    "There is no contact with this id: there never was one, or it has been deleted.",
  ),
  "contact-changed": changed("contact"),
  "invalid-contact": invalid("contact"),
  "email-taken": {
    title: "E-mail address taken",
    status: 409,
    detail:
      "Another contact has this e-mail address. Addresses are compared without regard to case; the address " +
      "of a deleted contact is free again.",
  },
});
