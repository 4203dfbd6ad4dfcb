import { PlayerName } from "@aethyr/world";
import type { GameParts } from "../game-parts.ts";
import type { Asking, Dialogue } from "./dialogue.ts";
import { entranceOf } from "./entrance.ts";
import { askNewPassword } from "./new-password.ts";
import { sendCommand } from "./send-command.ts";

/** Names that would read as something else than a name. */
const reserved: ReadonlySet<string> = new Set(
  "all self you yourself someone somebody something everyone everybody nobody nothing the and with from into here me admin administrator system server aethyr help look who quit".split(
    " ",
  ),
);

/** A connection that was told so often to try again in a moment has to come again. */
const mostTurnedAway = 10;

const playerIdOf = (name: string): string => name.toLowerCase();

/** Brings a new connection to a character: an old one by its password, or a new one. The player's id; undefined when the connection was sent away. */
export async function logIn(dialogue: Dialogue, parts: GameParts): Promise<string | undefined> {
  const { options, view } = parts;
  const asking: Asking = {
    idle: { ms: options.loginIdleMs, text: "You have been silent for too long. Come back when you know who you are." },
  };
  dialogue.write(options.welcome);
  for (;;) {
    const typed = (await dialogue.ask("\nBy what name are you known? ", asking)).trim();
    if (typed === "") continue;
    if (typed.toLowerCase() === "quit") {
      dialogue.close("Goodbye.");
      return undefined;
    }
    const playerId = playerIdOf(typed);
    if (!PlayerName.safeParse(typed).success || reserved.has(playerId)) {
      dialogue.write("A name has 3 to 20 letters and nothing else, and is no word of the game, such as `you` or `look`. Try another one.");
    } else if (view.player(playerId) !== undefined) {
      return checkPassword(dialogue, parts, playerId, asking);
    } else if (view.isTaken(playerId)) {
      dialogue.write("Somebody had that name, and it is not given again. Try another one.");
    } else if (await create(dialogue, parts, playerId, asking)) {
      return playerId;
    }
  }
}

async function checkPassword(dialogue: Dialogue, parts: GameParts, playerId: string, asking: Asking): Promise<string | undefined> {
  const { options, guard, log } = parts;
  const { remote } = dialogue.connection;
  let [tried, turnedAway] = [0, 0];
  while (tried < options.passwordTries && turnedAway < mostTurnedAway) {
    const password = await dialogue.ask("Password: ", { ...asking, hidden: true });
    const verdict = await guard.check({ playerId, remote }, password);
    if (verdict.kind === "right") return playerId;
    // A password that nobody looked at was not tried.
    if (verdict.kind === "wrong") tried += 1;
    else turnedAway += 1;
    if (verdict.kind === "wrong") log.info({ player: playerId, remote, tried }, "a wrong password");
    dialogue.write(verdict.kind === "wrong" ? "That is not the password." : verdict.text);
  }
  dialogue.close("That is enough for now.");
  return undefined;
}

/** Whether the character was made. */
async function create(dialogue: Dialogue, parts: GameParts, playerId: string, asking: Asking): Promise<boolean> {
  const { guard, options, view, log } = parts;
  const name = playerId.charAt(0).toUpperCase() + playerId.slice(1);
  const wanted = (await dialogue.ask(`Nobody is called ${name} yet. Will you be? (yes or no) `, asking)).trim().toLowerCase();
  if (wanted === "" || !"yes".startsWith(wanted)) {
    if (!"no".startsWith(wanted)) dialogue.write("That is neither yes nor no, so nobody was made.");
    return false;
  }
  const password = await askNewPassword((prompt, hidden) => dialogue.ask(prompt, { ...asking, ...hidden }), dialogue.write);
  if (password === undefined) return false;
  const hashed = await guard.hash({ playerId, remote: dialogue.connection.remote }, password);
  if (hashed.kind === "unavailable") {
    dialogue.write(hashed.text);
    return false;
  }
  const path = `player/${playerId}`;
  const data = { name, passwordHash: hashed.hash, containerId: entranceOf(view, options)?.path ?? null };
  const { sent, text } = await sendCommand(
    parts,
    { type: "CreatePlayer", path, data, actor: path },
    { already_exists: `Somebody else was faster to be ${name}.` },
  );
  if (text !== undefined) dialogue.write(text);
  if (sent === "done") {
    log.info({ player: playerId, remote: dialogue.connection.remote }, "a new character");
    dialogue.write(`Welcome, ${name}. Type \`help\` to see what you can do.`);
  }
  return sent === "done";
}
