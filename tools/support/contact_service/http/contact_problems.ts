import { changed, invalid, notFound, problemTable } from "@archway/service_kit/problem_table.ts";
import type { ContactErrorCode } from "../domain/contact.ts";

/** Problem types of the contact service, by error code. */
export const contactProblems = problemTable<ContactErrorCode>({
  "contact-not-found": notFound(
    "contact",
    "No contact with this id exists, or it has been deleted.",
  ),
  "contact-changed": changed("contact"),
  "invalid-contact": invalid("contact"),
  "email-taken": {
    title: "E-mail address already in use",
    status: 409,
    detail:
      "Another contact has this e-mail address. The comparison is case-insensitive; deleting a contact " +
      "frees its address.",
  },
});
