import { ref } from "@aethyr/kernel";
import { PlayerName } from "@aethyr/world";
import { CredentialsBusyError } from "../errors.ts";
import type { GameParts } from "../game-parts.ts";
import { askNewPassword } from "../texts/new-password.ts";
import { noAnswer, refusalText } from "../texts/refusals.ts";
import { entranceOf } from "./entrance.ts";
import type { Asking, Terminal } from "./terminal.ts";

/** Names that would read as something else than a name. */
const reserved: ReadonlySet<string> = new Set(
  "all self you yourself someone somebody something everyone everybody nobody nothing the and with from into here me admin administrator system server aethyr".split(
    " ",
  ),
);

const playerIdOf = (name: string): string => name.toLowerCase();

/** Brings a new connection to a character: an old one by its password, or a new one. The player's id; undefined when the connection was sent away. */
export async function logIn(terminal: Terminal, parts: GameParts): Promise<string | undefined> {
  const { options, view } = parts;
  const asking: Asking = {
    idle: { ms: options.loginIdleMs, text: "You have been silent for too long. Come back when you know who you are." },
  };
  terminal.write(options.welcome);
  for (;;) {
    const typed = (await terminal.ask("\nBy what name are you known? ", asking)).trim();
    if (typed === "") continue;
    if (typed.toLowerCase() === "quit") {
      terminal.close("Goodbye.");
      return undefined;
    }
    const playerId = playerIdOf(typed);
    if (!PlayerName.safeParse(typed).success || reserved.has(playerId)) {
      terminal.write("A name has 3 to 20 letters and nothing else, and is nobody else's word. Try another one.");
    } else if (view.player(playerId) !== undefined) {
      return checkPassword(terminal, parts, playerId, asking);
    } else if (view.isTaken(playerId)) {
      terminal.write("Somebody had that name, and it is not given again. Try another one.");
    } else if (await create(terminal, parts, playerId, asking)) {
      return playerId;
    }
  }
}

async function checkPassword(terminal: Terminal, parts: GameParts, playerId: string, asking: Asking): Promise<string | undefined> {
  const { options, guard, log } = parts;
  for (let tried = 0; tried < options.passwordTries;) {
    const password = await terminal.ask("Password: ", { ...asking, hidden: true });
    const right = await guard.check(playerId, password);
    if (right === true) return playerId;
    if (right === false) {
      tried += 1;
      log.info({ player: playerId, remote: terminal.connection.remote, tried }, "a wrong password");
      terminal.write("That is not the password.");
    } else {
      terminal.write(right);
      tried += 1;
    }
  }
  terminal.close("That is enough for now.");
  return undefined;
}

/** Whether the character was made. */
async function create(terminal: Terminal, parts: GameParts, playerId: string, asking: Asking): Promise<boolean> {
  const { client, credentials, options, view, log } = parts;
  const name = playerId.charAt(0).toUpperCase() + playerId.slice(1);
  const wanted = (await terminal.ask(`Nobody is called ${name} yet. Will you be? (yes or no) `, asking)).trim().toLowerCase();
  if (wanted === "" || !"yes".startsWith(wanted)) return false;
  const password = await askNewPassword((prompt, hidden) => terminal.ask(prompt, { ...asking, ...hidden }), terminal.write);
  if (password === undefined) return false;
  try {
    const passwordHash = await credentials.hash(password);
    const start = entranceOf(view, options);
    const target = ref("player", playerId);
    const reply = await client.send(
      "CreatePlayer",
      target,
      { name, passwordHash, containerId: start?.path ?? null },
      { actor: `player/${playerId}`, timeoutMs: options.commandMs },
    );
    if (reply.code === "accepted") {
      log.info({ player: playerId, remote: terminal.connection.remote }, "a new character");
      await parts.settle(reply.position);
      return true;
    }
    terminal.write(
      reply.code === "rejected" && reply.reason === "already_exists" ? `Somebody else was faster to be ${name}.` : refusalText(reply),
    );
  } catch (error) {
    if (error instanceof CredentialsBusyError) {
      terminal.write("Too many people are arriving at once. Try again in a moment.");
    } else {
      log.error({ err: error, player: playerId }, "a character could not be made");
      terminal.write(noAnswer);
    }
  }
  return false;
}
