import { CompactSign, exportJWK, generateKeyPair, type JWK } from "jose";

/** A pair of keys with a name. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** What a token is to say otherwise than usual; undefined leaves a claim out. */
export interface TokenClaims {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly [claim: string]: unknown;
}

/** An issuer of tokens with a key set on a port of its own, which can fail and change its keys. */
export class TestIssuer implements AsyncDisposable {
  static readonly audience = "https://api.example.com";
  readonly url: URL;
  /** The requests for the keys that have come. */
  requests = 0;
  /** What is published. */
  published: readonly JWK[] = [];
  /** Answers in place of the keys. */
  answer: (() => Response | Promise<Response>) | undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #key: IssuerKey;

  private constructor(key: IssuerKey) {
    this.#key = key;
    this.published = [key.publicJwk];
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, () => {
      this.requests++;
      return this.answer?.() ?? Response.json({ keys: this.published });
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

  /** From now on signs with a new key, which is published beside the old ones. */
  async rotate(): Promise<void> {
    this.#key = await makeKey(this.#key.alg);
    this.published = [...this.published, this.#key.publicJwk];
  }

  /** A token that is good for an hour, but for what `claims` say. */
  async sign(claims: TokenClaims = {}, key: IssuerKey = this.#key): Promise<string> {
    const { header, ...payload } = claims;
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: TestIssuer.audience, sub: "ada", iat: now, exp: now + 3600 };
    const bytes = new TextEncoder().encode(JSON.stringify({ ...usual, ...payload }));
    return await new CompactSign(bytes)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey, { crit: { x: true } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Makes a pair of keys. */
export async function makeKey(alg: string): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  return { kid, alg, privateKey, publicJwk: { ...await exportJWK(publicKey), kid, use: "sig" } };
}
