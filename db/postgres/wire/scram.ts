import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { preparePassword } from "../connection/prepare_password.ts";
import { WireError } from "./wire_error.ts";

const derive = promisify(pbkdf2);

/** Maximum number of iterations; a server's default is 4,096. More would only occupy the processor. */
const maxIterations = 10_000_000;

/** Options of {@link ScramClient}. */
export interface ScramOptions {
  readonly password: string;
  /** Hash of the server's certificate, if the channel is bound. */
  readonly binding?: Uint8Array | undefined;
  /**
   * Whether the channel could be bound but the server does not offer it.
   *
   * @default false
   */
  readonly couldBind?: boolean;
  /** Random text without commas. @default 24 random bytes */
  readonly nonce?: string;
}

/** Client side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). */
export class ScramClient {
  readonly #password: string;
  readonly #nonce: string;
  readonly #header: Buffer;
  readonly #binding: Uint8Array;
  readonly #firstBare: string;
  #serverSignature: Buffer | undefined;

  constructor({ password, binding, couldBind = false, nonce }: ScramOptions) {
    this.#password = password;
    this.#nonce = nonce ?? randomBytes(24).toString("base64");
    this.#header = Buffer.from(
      binding !== undefined ? "p=tls-server-end-point,," : couldBind ? "y,," : "n,,",
    );
    this.#binding = binding ?? new Uint8Array();
    // The server uses the user of the startup packet.
    this.#firstBare = `n=,r=${this.#nonce}`;
  }

  /** Message that begins the exchange. */
  get first(): string {
    return `${this.#header}${this.#firstBare}`;
  }

  /** Returns the message that proves the password. */
  async final(serverFirst: string): Promise<string> {
    const { r: nonce, s: salt, i: iterations } = attributesOf(serverFirst);
    const count = Number(iterations);
    if (nonce === undefined || salt === undefined || !/^[1-9][0-9]*$/.test(iterations ?? "")) {
      throw refusal("the server sent no nonce, salt or number of iterations");
    }
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw refusal("the server did not extend the nonce");
    }
    if (count > maxIterations) throw refusal(`the server demands ${count} iterations`);
    const prepared = await preparePassword(this.#password);
    const salted = await derive(prepared, Buffer.from(salt, "base64"), count, 32, "sha256");
    const withoutProof = `c=${Buffer.concat([this.#header, this.#binding]).toString("base64")},r=${nonce}`;
    const message = `${this.#firstBare},${serverFirst},${withoutProof}`;
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(createHash("sha256").update(clientKey).digest(), message);
    this.#serverSignature = hmac(hmac(salted, "Server Key"), message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
  }

  /**
   * Checks that the server knows the password, too.
   *
   * @throws {WireError} if it does not.
   */
  verify(serverFinal: string): void {
    const { v: signature = "" } = attributesOf(serverFinal);
    const bytes = Buffer.from(signature, "base64");
    const expected = this.#serverSignature;
    if (expected === undefined || bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
      throw refusal("the server did not prove that it knows the password");
    }
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function attributesOf(message: string): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(message.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
}

function refusal(reason: string): WireError {
  return new WireError("CONNECTION_AUTHENTICATION", `Authentication failed: ${reason}`);
}
