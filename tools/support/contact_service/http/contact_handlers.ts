import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf, ownerOf, type ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import { numberedListEndpoint } from "@archway/service_kit/list_endpoint.ts";
import type { PageCursors } from "@archway/service_kit/page_cursors.ts";
import type * as api from "../api/contactapi/server.gen.ts";
import type { ContactService } from "../app.ts";
import { contactInput, contactToJson, patchContact } from "./contact_dto.ts";

/** Dependencies of the HTTP adapter, in addition to the use cases. */
export interface ContactHandlersDependencies {
  readonly cursors: PageCursors;
  readonly tokens: ConsistencyTokens;
}

const scopeOf = accessScopeOf("contacts:admin");

/** Creates the HTTP adapter, which maps requests to use cases and their results to responses. */
export function contactHandlers(
  contacts: ContactService,
  { cursors, tokens }: ContactHandlersDependencies,
): api.StrictServerInterface {
  const responses = new ResourceResponses({
    tokens,
    toJson: contactToJson,
    versionOf: ({ version }) => version,
    pathOf: ({ id }) => `/v1/contacts/${id}`,
  });
  return {
    listContacts: numberedListEndpoint({
      name: "contacts, newest first",
      cursors,
      tokens,
      scopeOf,
      filter: ({ query: { name, email } }) => ({
        namePrefix: name?.normalize("NFC"),
        email: email?.normalize("NFC"),
      }),
      read: (request, options) => contacts.list(request, options),
      toJson: contactToJson,
      anchorOf: (contact) => contact,
      tagOf: (contact) => contact,
    }),
    createContact: async ({ body }, context) => {
      const options = { owner: ownerOf(context), signal: context.signal };
      return await responses.created(await contacts.create(contactInput(body), options), context);
    },
    getContact: async ({ path, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await contacts.get(keyOf(path, context), options), context);
    },
    replaceContact: async ({ path, headers, body }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const contact = await contacts.replace(keyOf(path, context), contactInput(body), options);
      return await responses.written(contact, context);
    },
    patchContact: async ({ path, headers, ...patch }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const contact = await contacts.modify(
        keyOf(path, context),
        (current) => contactInput(patchContact({ ...contactToJson(current) }, patch)),
        options,
      );
      return await responses.written(contact, context);
    },
    deleteContact: async ({ path, headers }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      await contacts.delete(keyOf(path, context), options);
      return await responses.deleted(context);
    },
  };
}

function keyOf({ id }: { readonly id: string }, context: RequestContext): ResourceKey {
  return { id, scope: scopeOf(context) };
}
