import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { transactionOf } from "@archway/service_kit/idempotency.ts";
import { formatVersion, versionCondition } from "@archway/service_kit/paging/entity_version.ts";
import { parseIfMatch } from "@archway/server/entity_tag.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { parseMoney } from "../domain/money.ts";
import { viewerOf } from "../viewer_of.ts";
import { type AdapterParts, causeOf, readOptions, tokenHeader } from "./adapter.ts";
import { listResponse } from "./list_response.ts";
import { listIdentity, parsePage } from "./page_request.ts";
import { parsePeriod } from "./period.ts";
import { wireAccount, wireDeposit, wireEntry } from "./wire.ts";

/** The operations on accounts. */
export class AccountHandlers {
  constructor(private readonly parts: AdapterParts) {}

  async listAccounts(
    { query, headers }: api.ListAccountsRequest,
    context: RequestContext,
  ): Promise<api.ListAccountsResponse> {
    const { app, cursors } = this.parts;
    const viewer = viewerOf(context);
    const profileId = query.profileId?.toLowerCase();
    const list = listIdentity("accounts, newest first", viewer, [profileId]);
    const page = parsePage(query, { cursors, list });
    const filter = { viewer, ...(profileId !== undefined && { profileId }) };
    const found = await app.accounts.list(filter, { ...page, ...readOptions(headers, context, this.parts) });
    return listResponse(found, {
      wire: wireAccount,
      pivotOf: (account) => account,
      idOf: ({ id }) => id,
      versionOf: ({ version }) => version,
    }, { context, parameters: { limit: query.limit, profileId }, page, cursors, list });
  }

  async openAccount(
    { body }: api.OpenAccountRequest,
    context: RequestContext,
  ): Promise<api.OpenAccountResponse> {
    const draft = { profileId: body.profileId.toLowerCase(), currency: body.currency };
    const account = await this.parts.app.accounts.open(draft, causeOf(context));
    return {
      status: 201,
      headers: {
        Location: `/v1/accounts/${account.id}`,
        ETag: formatVersion(account.version),
        ...await tokenHeader(context, this.parts),
      },
      body: { data: wireAccount(account), meta: { requestId: context.requestId } },
    };
  }

  async getAccount(
    { path, headers }: api.GetAccountRequest,
    context: RequestContext,
  ): Promise<api.GetAccountResponse> {
    const key = { id: path.id, viewer: viewerOf(context) };
    const account = await this.parts.app.accounts.get(key, readOptions(headers, context, this.parts));
    return {
      status: 200,
      headers: { ETag: formatVersion(account.version) },
      body: { data: wireAccount(account), meta: { requestId: context.requestId } },
    };
  }

  async closeAccount(
    { path, headers }: api.CloseAccountRequest,
    context: RequestContext,
  ): Promise<api.CloseAccountResponse> {
    const condition = versionCondition(parseIfMatch(headers["If-Match"]));
    const account = await this.parts.app.accounts.close(path.id.toLowerCase(), {
      ...causeOf(context),
      condition,
    });
    return {
      status: 200,
      headers: { ETag: formatVersion(account.version), ...await tokenHeader(context, this.parts) },
      body: { data: wireAccount(account), meta: { requestId: context.requestId } },
    };
  }

  async listEntries(
    { path, query, headers }: api.ListEntriesRequest,
    context: RequestContext,
  ): Promise<api.ListEntriesResponse> {
    const { app, cursors } = this.parts;
    const viewer = viewerOf(context);
    const accountId = path.id.toLowerCase();
    const period = parsePeriod(query);
    const list = listIdentity("entries, newest first", viewer, [accountId, period.from, period.to]);
    const page = parsePage(query, { cursors, list });
    const found = await app.accounts.listEntries({ accountId, viewer, ...period }, {
      ...page,
      ...readOptions(headers, context, this.parts),
    });
    return listResponse(found, {
      wire: wireEntry,
      pivotOf: ({ transferId, createdAt }) => ({ id: transferId, createdAt }),
      idOf: ({ transferId }) => transferId,
      versionOf: () => undefined,
    }, {
      context,
      parameters: { limit: query.limit, from: query.from, to: query.to },
      page,
      cursors,
      list,
    });
  }

  async createDeposit(
    { path, body }: api.CreateDepositRequest,
    context: RequestContext,
  ): Promise<api.CreateDepositResponse> {
    const amount = parseMoney(body.amount, "/amount");
    const deposit = await this.parts.app.accounts.deposit(transactionOf(context), path.id.toLowerCase(), {
      ...causeOf(context),
      amount,
    });
    return { status: 201, body: { data: wireDeposit(deposit), meta: { requestId: context.requestId } } };
  }
}
