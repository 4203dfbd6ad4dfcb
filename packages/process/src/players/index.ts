export { watchGateway } from "./gateway-metrics.ts";
export { openPlayers, type PlayableWorld, type Players } from "./open-players.ts";
export { passwordHashes } from "./password-hashes.ts";
