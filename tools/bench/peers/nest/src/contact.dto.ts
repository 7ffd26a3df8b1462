import { Transform } from "class-transformer";
import {
  IsEmail,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from "class-validator";

export class CreateContactDto {
  @Transform(({ value }) => typeof value === "string" ? value.trim() : value)
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  readonly email?: string | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(150)
  readonly age?: number | null;
}

export class UpdateContactDto {
  @ValidateIf((_, value) => value !== undefined)
  @Transform(({ value }) => typeof value === "string" ? value.trim() : value)
  @IsString()
  @Length(1, 100)
  readonly name?: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  readonly email?: string | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(150)
  readonly age?: number | null;
}

export class ListQueryDto {
  @IsOptional()
  @Matches(/^(?:[1-9]\d?|1\d\d|200)$/)
  readonly limit?: string;

  @IsOptional()
  @IsNotEmpty()
  @MaxLength(1024)
  readonly after?: string;
}
