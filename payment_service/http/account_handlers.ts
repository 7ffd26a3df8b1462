import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { completeWithKey, transactionOf } from "@archway/service_kit/idempotency.ts";
import { listEndpoint, type ListEndpointOptions } from "@archway/service_kit/list_endpoint.ts";
import { parseMoney } from "@archway/service_kit/money.ts";
import type { TimeAnchor } from "@archway/service_kit/page.ts";
import { conditionOf, ResourceResponses } from "@archway/service_kit/resource_responses.ts";
import type { Account } from "../domain/account.ts";
import type { AccountFilter } from "../ports.ts";
import { accountToJson, depositToJson, entryToJson } from "./payment_dto.ts";
import { parsePeriod } from "./period.ts";
import { causeOf, type PaymentHandlersDependencies, scopeOf } from "./request_cause.ts";

/** Operations on accounts. */
export type AccountOperations = Pick<
  api.StrictServerInterface,
  "listAccounts" | "openAccount" | "getAccount" | "closeAccount" | "listEntries" | "createDeposit"
>;

/** Declares the list of accounts. */
export function accountList(
  { app: { accounts }, cursors, tokens }: PaymentHandlersDependencies,
): ListEndpointOptions<api.ListAccountsRequest, AccountFilter, Account, api.Account, TimeAnchor> {
  return {
    name: "accounts, newest first",
    cursors,
    tokens,
    scopeOf,
    filter: ({ query: { profileId } }) => ({ profileId: profileId?.toLowerCase() }),
    read: (request, options) => accounts.list(request, options),
    toJson: accountToJson,
    anchorOf: (account) => account,
    tagOf: (account) => account,
  };
}

/** Returns the operations on accounts. */
export function accountHandlers(
  dependencies: PaymentHandlersDependencies,
): AccountOperations {
  const { app: { accounts }, cursors, tokens } = dependencies;
  const responses = new ResourceResponses({
    tokens,
    toJson: accountToJson,
    versionOf: ({ version }) => version,
    pathOf: ({ id }) => `/v1/accounts/${id}`,
  });
  return {
    listAccounts: listEndpoint(accountList(dependencies)),
    openAccount: async ({ body: { profileId, currency } }, context) => {
      const account = await accounts.open({ profileId: profileId.toLowerCase(), currency }, causeOf(context));
      return await responses.created(account, context);
    },
    getAccount: async ({ path: { id }, headers }, context) => {
      const options = tokens.readOptions(headers, context);
      return responses.found(await accounts.get({ id, scope: scopeOf(context) }, options), context);
    },
    closeAccount: async ({ path, headers }, context) => {
      const cause = { ...causeOf(context), condition: conditionOf(headers) };
      return await responses.written(await accounts.close(path.id.toLowerCase(), cause), context);
    },
    listEntries: listEndpoint({
      name: "entries, newest first",
      cursors,
      tokens,
      scopeOf,
      filter: ({ path, query }) => ({ accountId: path.id.toLowerCase(), ...parsePeriod(query) }),
      read: (request, options) => accounts.listEntries(request, options),
      toJson: entryToJson,
      anchorOf: ({ transferId: id, createdAt }) => ({ id, createdAt }),
      tagOf: ({ transferId: id }) => ({ id }),
    }),
    createDeposit: async ({ path, body }, context) => {
      const cause = { ...causeOf(context), amount: parseMoney(body.amount, "/amount") };
      const tx = transactionOf(context);
      const { deposit, written } = await accounts.deposit(tx, path.id.toLowerCase(), cause);
      await completeWithKey(context, written);
      return { status: 201, body: { data: depositToJson(deposit), meta: { requestId: context.requestId } } };
    },
  };
}
