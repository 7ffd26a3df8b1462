import type { Faker } from "@faker-js/faker";
import { faker as ar } from "@faker-js/faker/locale/ar";
import { faker as cs } from "@faker-js/faker/locale/cs_CZ";
import { faker as de } from "@faker-js/faker/locale/de";
import { faker as el } from "@faker-js/faker/locale/el";
import { faker as en } from "@faker-js/faker/locale/en";
import { faker as es } from "@faker-js/faker/locale/es";
import { faker as fr } from "@faker-js/faker/locale/fr";
import { faker as he } from "@faker-js/faker/locale/he";
import { faker as ja } from "@faker-js/faker/locale/ja";
import { faker as ko } from "@faker-js/faker/locale/ko";
import { faker as pl } from "@faker-js/faker/locale/pl";
import { faker as ru } from "@faker-js/faker/locale/ru";
import { faker as tr } from "@faker-js/faker/locale/tr";
import { faker as vi } from "@faker-js/faker/locale/vi";
import { faker as zh } from "@faker-js/faker/locale/zh_CN";

/** Origin of a name. */
interface Origin {
  readonly faker: Faker;
  /** Percentage of people. */
  readonly share: number;
  /**
   * Order of the given and the family name.
   *
   * @default "given family"
   */
  readonly order?: "family given" | "familygiven";
  /**
   * Whether the script has no letter-by-letter transcription. The e-mail address then has an English name.
   *
   * @default false
   */
  readonly ideographic?: true;
}

const ORIGINS: readonly Origin[] = [
  { faker: en, share: 38 },
  { faker: es, share: 8 },
  { faker: fr, share: 6 },
  { faker: de, share: 6 },
  { faker: ru, share: 6 },
  { faker: pl, share: 4 },
  { faker: cs, share: 3 },
  { faker: tr, share: 4 },
  { faker: vi, share: 3, order: "family given" },
  { faker: el, share: 3 },
  { faker: ar, share: 5 },
  { faker: he, share: 2 },
  { faker: ja, share: 4, order: "family given", ideographic: true },
  { faker: zh, share: 5, order: "familygiven", ideographic: true },
  { faker: ko, share: 3, order: "familygiven", ideographic: true },
];

/** One origin for each percent. */
const PEOPLE: readonly Origin[] = ORIGINS.flatMap((origin) => Array<Origin>(origin.share).fill(origin));

/** Generated person. */
export interface RandomPerson {
  readonly name: string;
  /** Local part of an e-mail address: lower-case ASCII, not empty. */
  readonly handle: string;
}

/** Resets the random generators to a seed. */
export function seedRandomPeople(seed: readonly number[]): void {
  ORIGINS.forEach(({ faker }, index) => faker.seed([...seed, index]));
}

/** Returns a random integer from `min` to `max`, inclusive. */
export function randomInteger(min: number, max: number): number {
  return en.number.int({ min, max });
}

/** Returns the next random person, with a name in one of several scripts. */
export function randomPerson(): RandomPerson {
  const origin = PEOPLE[randomInteger(0, PEOPLE.length - 1)] ?? { faker: en, share: 0 };
  const { person } = origin.faker;
  const sex = person.sexType();
  const given = person.firstName(sex);
  const family = person.lastName(sex);
  const name = origin.order === undefined
    ? `${given} ${family}`
    : origin.order === "family given"
    ? `${family} ${given}`
    : `${family}${given}`;
  const handle = origin.ideographic
    ? en.internet.username()
    : origin.faker.internet.username({ firstName: plainLetters(given), lastName: plainLetters(family) });
  return { name, handle: asciiHandle(handle) };
}

/** Letters with a common plain form; the library would write their code point. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ı: "i",
  ł: "l",
  đ: "d",
  ø: "o",
  ß: "ss",
  æ: "ae",
  œ: "oe",
};

function plainLetters(name: string): string {
  const letters = name.toLowerCase().normalize("NFD").replace(/[\p{M}׳’ьъء]/gu, "");
  return letters.replace(/[ıłđøßæœ]/g, (letter) => PLAIN_LETTERS[letter] ?? "");
}

function asciiHandle(username: string): string {
  const handle = username.toLowerCase().replace(/[^a-z0-9._-]/g, "").replace(/^[._-]+|[._-]+$/g, "");
  return handle.replace(/[._-]{2,}/g, ".") || "person";
}
