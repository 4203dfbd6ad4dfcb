import { passwordLength } from "../password-hash.ts";

const { least, most } = passwordLength;

type Ask = (prompt: string, asking: { readonly hidden: true }) => Promise<string>;

/** Asks for a new password, twice, until both are the same. Undefined where an empty line calls it off. */
export async function askNewPassword(ask: Ask, tell: (text: string) => void): Promise<string | undefined> {
  for (;;) {
    const first = await ask(`New password (${least} to ${most} characters): `, { hidden: true });
    if (first === "") return undefined;
    const length = passwordLength.of(first);
    if (length < least || length > most) tell(`A password has ${least} to ${most} characters.`);
    else if (first === (await ask("The same again: ", { hidden: true }))) return first;
    else tell("These two were not the same.");
  }
}
