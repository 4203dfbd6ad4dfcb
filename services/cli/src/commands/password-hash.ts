import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { canReadSecret, readSecrets } from "../read-secret.ts";
import { readStdin } from "../read-stdin.ts";
import { verb } from "../verb.ts";

const length = { least: 8, most: 64 };
/** 64 MiB, three passes, four lanes: the second choice of RFC 9106, for where memory is shared. */
const cost = { memory: 65_536, passes: 3, parallelism: 4 };

export const passwordHash = verb({
  name: "hash",
  summary: "makes the argon2id hash that a player's password is kept as",
  details:
    "Asks for the password, twice and unseen; where standard input is no terminal, it is read from there, as one line. So it stands in no command line and no history of the shell. Only the hash goes into a world, and there it is sealed.",
  examples: [
    ["password hash", "asks for it; with `< password.txt` behind it, of that file"],
    ["password hash --output json", "for a script"],
  ],
  async run(call) {
    const password = await readPassword(call.io);
    const salt = randomBytes(16);
    const hash = await promisify(argon2)("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
    const { memory, passes, parallelism } = cost;
    const phc = `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
    await call.print.one({ passwordHash: phc }, [["password hash", phc]]);
  },
});

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
  const characters = Array.from(password).length;
  if (characters < length.least || characters > length.most)
    throw new UsageError(`a password has ${length.least} to ${length.most} characters, this one has ${characters}${where}`);
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
