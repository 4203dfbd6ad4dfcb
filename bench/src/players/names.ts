export const passwordOfBots = "password-1";

/** `botaaaa`, `botaaab`, …: names of players are letters. */
export function nameOfBot(index: number): string {
  const letters = [0, 1, 2, 3].map((place) => String.fromCharCode(97 + (Math.floor(index / 26 ** place) % 26)));
  return `bot${letters.toReversed().join("")}`;
}

/** Addresses of this machine: a game takes only so many connections of one. */
export const addressOfBot = (index: number): string => `127.0.0.${2 + Math.floor(index / 40)}`;
