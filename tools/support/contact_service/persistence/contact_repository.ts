import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { VersionedTable } from "@archway/service_kit/versioned_table.ts";
import type { Contact, ContactInput } from "../domain/contact.ts";
import type { ContactFilter, ContactRepository } from "../ports.ts";
import { CONTACT_COLUMNS, ContactList } from "./contact_list.ts";

/** Stores contacts in PostgreSQL. */
export class PostgresContactRepository extends VersionedTable<Contact, ContactInput>
  implements ContactRepository {
  constructor() {
    super({
      name: "contacts",
      columns: CONTACT_COLUMNS,
      input: ["name", "email", "age"],
      unique: { contacts_email_key: "email-taken" },
    });
  }

  list(db: Querier, request: ListRequest<ContactFilter>, options?: QueryOptions): Promise<Page<Contact>> {
    return readPage<Contact>(db, new ContactList(request), { page: request.page, options });
  }
}
