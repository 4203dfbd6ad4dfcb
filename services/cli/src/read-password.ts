import { hashPassword, passwordLength } from "@aethyr/gateway";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { canReadSecret, readSecrets } from "./read-secret.ts";
import { readStdin } from "./read-stdin.ts";

/** Asks for a password, twice and unseen, or reads it from standard input where that is no terminal; gives its argon2id hash as a PHC string. */
export async function readPasswordHash(io: Io): Promise<string> {
  return hashPassword(await readPassword(io));
}

async function readPassword(io: Io): Promise<string> {
  if (!canReadSecret(io)) {
    const password = (await readStdin(io)).replace(/\r?\n$/, "");
    checkLength(password, ": it is read from standard input");
    return password;
  }
  const [password = "", again] = await readSecrets(io, ["Password (is not shown): ", "The same again: "], (line, index) => {
    if (index === 0) checkLength(line);
  });
  if (password !== again) throw new UsageError("the two were not the same, so there is no hash: once more, please");
  return password;
}

function checkLength(password: string, where = ""): void {
  const { least, most, of } = passwordLength;
  const characters = of(password);
  if (characters < least || characters > most)
    throw new UsageError(`a password has ${least} to ${most} characters, this one has ${characters}${where}`);
}
