import { command } from "../command.ts";
import { spokenLine } from "../texts/clean.ts";

export const pose = command({
  name: "pose",
  usage: ["pose is leaning against the wall", "pose"],
  help: "Sets what others see you do for as long as you stay here; without text, ends it.",
  sends: ["SetPose"],
  events: ["PlayerPoseSet"],
  async run({ sight, rest, tell, send }) {
    const text = spokenLine(rest, 120).replace(/\.+$/, "");
    if ((await send("SetPose", sight.me().path, { pose: text })) === "nothing")
      tell(text === "" ? "You strike no pose." : "You do that already.");
  },
});
