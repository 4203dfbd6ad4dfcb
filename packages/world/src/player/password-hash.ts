import { sealed } from "@aethyr/kernel";
import { z } from "zod";

/** An argon2id hash in the PHC form, `$argon2id$v=19$m=65536,t=3,p=4$<salt>$<hash>`: the only form in which a password comes in. */
export const ArgonPhc = z
  .string()
  .regex(
    /^\$argon2id\$v=19\$m=[1-9]\d{0,9},t=[1-9]\d{0,9},p=[1-9]\d{0,7}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,128}$/,
    "an argon2id hash as a PHC string",
  );

/** In a command the PHC string; for rules, events and state only sealed. */
export const PasswordHash = sealed(ArgonPhc);
