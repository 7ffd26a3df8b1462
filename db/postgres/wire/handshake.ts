import { Buffer } from "node:buffer";
import { channelBinding } from "./channel_binding.ts";
import { backend, type Exchange, unexpectedMessage } from "./exchange.ts";
import { type CancelKey, writePassword, writeSaslInitial, writeSaslResponse } from "./frontend_messages.ts";
import { md5Password } from "./md5_password.ts";
import { MessageCursor } from "./message_cursor.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { ScramClient } from "./scram.ts";
import { readServerMessage, ServerError } from "./server_message.ts";
import { protocolViolation, WireError } from "./wire_error.ts";

/** Options of {@link Handshake}. */
export interface HandshakeOptions {
  readonly user: string;
  readonly password: string;
  /** Certificate of the server in DER, under TLS. */
  readonly certificate?: Uint8Array | undefined;
  readonly output: OutputBuffer;
  /** Called with the key of the session; undefined if the server has none. */
  readonly onReady: (key: CancelKey | undefined) => void;
  readonly onFailed: (error: Error) => void;
}

/** Requests for authentication (PostgreSQL, "Message Formats"). */
const request = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 };

const scram = "SCRAM-SHA-256";

/** Start of a session: authentication, settings of the server and the key of the session. */
export class Handshake implements Exchange {
  readonly #options: HandshakeOptions;
  #scram: ScramClient | undefined;
  #isVerified = false;
  #isAuthenticated = false;
  /** Requests of the server, of which the protocol has each once. */
  readonly #asked = new Set<number>();
  #key: CancelKey | undefined;
  #error: Error | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  onMessage(type: number, bytes: Buffer, start: number, end: number): void {
    const cursor = new MessageCursor(bytes, start, end);
    switch (type) {
      case backend.authentication:
        return this.#authenticate(cursor);
      case backend.keyData:
        // A view would hold the memory of what was read with it.
        this.#key = { pid: cursor.uint32(), secret: Uint8Array.from(cursor.bytes(cursor.left)) };
        return;
      case backend.negotiateVersion:
        // No later version or option was asked for.
        return;
      case backend.errorResponse:
        this.#error = new ServerError(readServerMessage(cursor));
        throw this.#error;
      default:
        throw unexpectedMessage(type);
    }
  }

  onReady(): void {
    if (!this.#isAuthenticated) throw unexpectedMessage(backend.readyForQuery);
    this.#options.onReady(this.#key);
  }

  onLost(error: Error): void {
    this.#options.onFailed(this.#error ?? error);
  }

  #authenticate(cursor: MessageCursor): void {
    const { user, password, output } = this.#options;
    const kind = cursor.uint32();
    // One that repeats them would only occupy the processor.
    if (this.#isAuthenticated || this.#asked.has(kind)) {
      throw protocolViolation("authentication was asked for twice");
    }
    this.#asked.add(kind);
    switch (kind) {
      case request.ok:
        // A server that asks for SCRAM must prove that it knows the password.
        if (this.#scram !== undefined && !this.#isVerified) throw unproved();
        this.#isAuthenticated = true;
        return;
      case request.cleartext:
        return writePassword(output, password);
      case request.md5:
        return writePassword(output, md5Password(user, password, cursor.bytes(4)));
      case request.sasl:
        return this.#startScram(mechanismsOf(cursor));
      case request.saslContinue:
        return this.#continueScram(textOf(cursor));
      case request.saslFinal:
        if (this.#scram === undefined) throw protocolViolation("SASL was not started");
        this.#scram.verify(textOf(cursor));
        this.#isVerified = true;
        return;
      default:
        throw new WireError(
          "CONNECTION_AUTHENTICATION",
          `The server asks for an authentication that is not supported (${kind}): use scram-sha-256, md5, password, ` +
            "cert or trust",
        );
    }
  }

  #startScram(mechanisms: readonly string[]): void {
    const { password, certificate, output } = this.#options;
    const binding = certificate && channelBinding(certificate);
    const isBound = binding !== undefined && mechanisms.includes(`${scram}-PLUS`);
    if (!isBound && !mechanisms.includes(scram)) {
      const names = mechanisms.join(", ");
      throw new WireError("CONNECTION_AUTHENTICATION", `The server offers only ${names}, and not ${scram}`);
    }
    const client = new ScramClient({
      password,
      ...(isBound ? { binding } : { couldBind: binding !== undefined }),
    });
    this.#scram = client;
    writeSaslInitial(output, isBound ? `${scram}-PLUS` : scram, client.first);
  }

  #continueScram(message: string): void {
    if (this.#scram === undefined) throw protocolViolation("SASL was not started");
    const { output, onFailed } = this.#options;
    this.#scram.final(message).then((final) => writeSaslResponse(output, final)).catch(onFailed);
  }
}

function mechanismsOf(cursor: MessageCursor): readonly string[] {
  const mechanisms: string[] = [];
  for (let name = cursor.cString(); name !== ""; name = cursor.cString()) mechanisms.push(name);
  return mechanisms;
}

function textOf(cursor: MessageCursor): string {
  return cursor.bytes(cursor.left).toString("utf8");
}

function unproved(): WireError {
  return new WireError(
    "CONNECTION_AUTHENTICATION",
    "Authentication failed: the server did not prove that it knows the password",
  );
}
