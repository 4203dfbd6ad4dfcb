import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { UsageError } from "../errors.ts";
import { readStdin } from "../read-stdin.ts";
import { verb } from "../verb.ts";

const length = { least: 8, most: 64 };
/** 64 MiB, three passes, four lanes: the second choice of RFC 9106, for where memory is shared. */
const cost = { memory: 65_536, passes: 3, parallelism: 4 };

export const passwordHash = verb({
  name: "hash",
  summary: "makes the argon2id hash that a player's password is kept as",
  details:
    "Reads the password from standard input, so that it stands in no command line and no history of the shell. Only the hash goes into a world, and there it is sealed.",
  examples: [
    ["password hash", "of what is typed, or of a file with `< password.txt` behind it"],
    ["password hash --output json", "for a script"],
  ],
  async run(call) {
    const password = (await readStdin(call.io)).replace(/\r?\n$/, "");
    const characters = Array.from(password).length;
    if (characters < length.least || characters > length.most) {
      throw new UsageError(
        `a password has ${length.least} to ${length.most} characters, this one has ${characters}: it is read from standard input`,
      );
    }
    const salt = randomBytes(16);
    const hash = await promisify(argon2)("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
    const { memory, passes, parallelism } = cost;
    const phc = `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
    await call.print.one({ passwordHash: phc }, [["password hash", phc]]);
  },
});

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
