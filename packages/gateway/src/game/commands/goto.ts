import { command } from "../command.ts";

export const goTo = command({
  name: "goto",
  admin: true,
  usage: ["goto ROOM", "goto PERSON"],
  help: "Takes you to a room by its id, or to where somebody is, there and then.",
  sends: ["UpdateGameObjectContainer"],
  events: ["GameObjectContainerUpdated"],
  async run({ sight, rest, tell, send }) {
    if (rest === "") return tell("Go to which room, or to whom?");
    const person = sight.view.player(rest.toLowerCase());
    const room = sight.view.roomAt(person?.containerId ?? null) ?? sight.view.room(rest.replace(/^room\//, ""));
    if (room === undefined) return tell("There is no such room, and nobody of that name anywhere.");
    if ((await send("UpdateGameObjectContainer", sight.me().path, { containerId: room.path })) === "nothing")
      tell("You are there already.");
  },
});
