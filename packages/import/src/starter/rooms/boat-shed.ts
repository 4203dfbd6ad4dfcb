import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

/** Where boats and nets are mended. */
export const boatShed: readonly StarterRoom[] = [
  {
    id: "boat-shed",
    name: "The Boat Shed",
    sector: "inside",
    flags: ["indoors"],
    description: prose`
      A new dory stands on trestles in the middle of the floor, planked on one side only, so that from the door it is a boat and from the
      window a drawing of one. Shavings lie in drifts. The air is all cedar and tar, and every edge you touch has been sanded for you.

      The quay is back to the south. A ladder goes up through a square of dimness to the net loft.`,
    extras: {
      "shavings drifts":
        "They are the colour of butter and curl like old letters. Someone has made a nest in the deepest drift. It is cat-shaped.",
    },
    exits: {
      south: { to: "quay" },
      up: { to: "net-loft", look: "Ladder, square hole, and the hem of a hanging net." },
    },
    things: [
      {
        id: "dory",
        name: "a half-planked dory",
        keywords: "dory boat half-planked",
        line: "A half-planked dory waits on its trestles.",
        look: prose`
          There is a pencilled name on the transom, rubbed out, and another, rubbed out, and a third. The builder is no nearer to deciding,
          but the transom is getting very smooth.`,
        type: "boat",
        fixed: true,
      },
      {
        id: "knitted-cap",
        name: "a knitted cap",
        keywords: "cap knitted hat",
        line: "A knitted cap hangs from a nail by the door.",
        look: "Navy blue, where it is not tar. It belongs to whoever is cold.",
        type: "worn",
        wear: ["head"],
        weight: 1,
      },
      {
        id: "toolbox",
        name: "a shipwright's toolbox",
        keywords: "toolbox box shipwright tools",
        line: "A long toolbox stands open under the bench.",
        look: "Each tool has its place, and each place a painted outline, so that the absent are missed at once.",
        type: "container",
        weight: 15,
        holds: [
          {
            id: "mallet",
            name: "a caulking mallet",
            keywords: "mallet caulking",
            line: "A caulking mallet lies here.",
            look: "Slotted so that it rings when the seam is tight. A good one can be heard to tell the truth across the harbour.",
            type: "weapon",
            wear: ["wield"],
            weight: 5,
          },
          {
            id: "nail-tin",
            name: "a tin of copper nails",
            keywords: "tin nails copper",
            line: "A tin of copper nails stands here.",
            look: "Square-shanked and bright. There are exactly as many as the other side of a dory needs.",
            type: "container",
            weight: 3,
            holds: [
              {
                id: "bent-nail",
                name: "a bent copper nail",
                keywords: "nail bent copper",
                line: "A bent nail lies here.",
                look: "Kept, on the principle that it may one day be needed round a corner.",
                weight: 1,
              },
            ],
          },
        ],
      },
    ],
  },
  {
    id: "net-loft",
    name: "The Net Loft",
    sector: "inside",
    flags: ["indoors"],
    description: prose`
      Nets hang from the rafters in brown curtains, and you part them like somebody late to a theatre. Beyond is a window as wide as the
      gable, and a bench beneath it where four generations have sat with their backs to the view and their hands moving.

      The ladder leads down to the shed.`,
    extras: {
      "view window":
        "The harbour in one piece: the quay, the jetty, the two bare masts, and then the line where somebody has ruled off the world.",
      "nets curtains": "If you look long enough you can tell the menders apart. One pulls her knots tight. One leaves a little room.",
    },
    exits: { down: { to: "boat-shed" } },
    things: [
      {
        id: "bosun",
        kind: "mobile",
        name: "Bosun, the loft cat",
        keywords: "bosun cat",
        line: "A large grey cat is asleep on the only net that anybody needs today.",
        look: "One eye opens, finds you to be neither herring nor weather, and closes.",
      },
      {
        id: "menders-bench",
        name: "the menders' bench",
        keywords: "bench menders",
        line: "A bench stands beneath the window, its back to the view.",
        look: "A plank of a ship that came ashore in a winter nobody speaks of. Four hollows are worn in it, close enough together for talking.",
        seat: true,
        fixed: true,
      },
      {
        id: "mending-basket",
        name: "a mending basket",
        keywords: "basket mending",
        line: "A mending basket sits at the end of the bench.",
        look: "Lined with a page of a newspaper from a city you have heard of. The news is bad, but it is forty years old.",
        type: "container",
        weight: 2,
        holds: [
          {
            id: "net-needle",
            name: "a whalebone net needle",
            keywords: "needle net whalebone",
            line: "A net needle lies here.",
            look: "Worn so thin that light comes through it.",
            wear: ["hold"],
            weight: 1,
          },
          {
            id: "twine",
            name: "a ball of tarred twine",
            keywords: "ball twine tarred",
            line: "A ball of twine has been batted into a corner.",
            look: "There are tooth marks. There is a grey hair. The case seems clear.",
            weight: 1,
          },
        ],
      },
    ],
  },
];
