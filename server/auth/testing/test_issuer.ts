import { CompactSign, exportJWK, generateKeyPair, type JWK } from "jose";

/** Key pair with a key ID. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** Claims that differ from the defaults; undefined omits a claim. */
export interface TokenClaims {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly [claim: string]: unknown;
}

/** Options of signing a text. */
export interface SignOptions {
  readonly header?: Readonly<Record<string, unknown>> | undefined;
  /** @default the issuer's current key */
  readonly key?: IssuerKey;
}

/** Token issuer with a local key-set endpoint that can fail and rotate its keys. */
export class TestIssuer implements AsyncDisposable {
  static readonly audience = "https://api.example.com";
  readonly url: URL;
  /** Number of requests for the keys. */
  requests = 0;
  /** Published keys. */
  published: readonly JWK[] = [];
  /** Replacement for the response with the keys. */
  respond: (() => Response | Promise<Response>) | undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #key: IssuerKey;

  private constructor(key: IssuerKey) {
    this.#key = key;
    this.published = [key.publicJwk];
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, () => {
      this.requests++;
      return this.respond?.() ?? Response.json({ keys: this.published });
    });
    this.url = new URL(`http://127.0.0.1:${this.#server.addr.port}/jwks.json`);
  }

  static async start(alg = "ES256"): Promise<TestIssuer> {
    return new TestIssuer(await makeKey(alg));
  }

  get issuer(): string {
    return this.url.origin;
  }

  get key(): IssuerKey {
    return this.#key;
  }

  /** Signs with a new key from now on and publishes it beside the old ones. */
  async rotate(): Promise<void> {
    this.#key = await makeKey(this.#key.alg);
    this.published = [...this.published, this.#key.publicJwk];
  }

  /** Signs a token that is valid for an hour, with the specified claims. */
  async sign(claims: TokenClaims = {}, key: IssuerKey = this.#key): Promise<string> {
    const { header, ...payload } = claims;
    const now = Math.floor(Date.now() / 1000);
    const defaults = { iss: this.issuer, aud: TestIssuer.audience, sub: "ada", iat: now, exp: now + 3600 };
    return await this.signText(JSON.stringify({ ...defaults, ...payload }), { header, key });
  }

  /** Signs claims as they are. */
  async signText(claims: string, { header, key = this.#key }: SignOptions = {}): Promise<string> {
    return await new CompactSign(new TextEncoder().encode(claims))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey, { crit: { x: true } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Generates a key pair. */
export async function makeKey(alg: string): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  return { kid, alg, privateKey, publicJwk: { ...await exportJWK(publicKey), kid, use: "sig" } };
}
