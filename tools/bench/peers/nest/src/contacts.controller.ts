import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  HttpException,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { CreateContactDto, ListQueryDto, UpdateContactDto } from "./contact.dto";
import { type Contact, ContactsService } from "./contacts.service";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type ContactDto = Omit<Contact, "version">;

interface ContactBody {
  readonly data: ContactDto;
  readonly meta: { readonly requestId: string };
}

interface ListBody {
  readonly data: readonly ContactDto[];
  readonly meta: { readonly requestId: string; readonly limit: number; readonly nextCursor?: string };
}

@Controller("v1/contacts")
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get(":id")
  async find(
    @Param("id", ParseUUIDPipe) id: string,
    @Headers("if-none-match") ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactBody | undefined> {
    const contact = await this.contacts.find(id);
    if (ifNoneMatch !== `"${contact.version}"`) return bodyOf(contact, reply);
    reply.status(304).header("etag", `"${contact.version}"`);
    return undefined;
  }

  @Get()
  async list(@Query() query: ListQueryDto, @Req() request: FastifyRequest): Promise<ListBody> {
    const limit = Number(query.limit ?? 20);
    const rows = await this.contacts.list(
      query.after === undefined ? undefined : anchorOf(query.after),
      limit + 1,
    );
    const data = rows.slice(0, limit).map(toDto);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last && Buffer.from(last.id).toString("base64url");
    return { data, meta: { requestId: request.id, limit, ...nextCursor !== undefined && { nextCursor } } };
  }

  @Post()
  async create(
    @Body() input: CreateContactDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactBody> {
    const contact = await this.contacts.create(input);
    reply.header("location", `/v1/contacts/${contact.id}`);
    return bodyOf(contact, reply);
  }

  @Patch(":id")
  async update(
    @Param("id", ParseUUIDPipe) id: string,
    @Body() change: UpdateContactDto,
    @Headers("if-match") etag: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactBody> {
    if (etag === undefined) throw new HttpException("Send the ETag of the contact in If-Match", 428);
    return bodyOf(await this.contacts.update(id, { change, etag }), reply);
  }
}

/** Returns the body of a contact; its entity tag is a header. */
function bodyOf(contact: Contact, reply: FastifyReply): ContactBody {
  reply.header("etag", `"${contact.version}"`);
  return { data: toDto(contact), meta: { requestId: reply.request.id } };
}

function toDto({ id, name, email, age, createdAt, updatedAt }: Contact): ContactDto {
  return { id, name, email, age, createdAt, updatedAt };
}

function anchorOf(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (!ID.test(id)) throw new BadRequestException("The cursor is malformed");
  return id;
}
