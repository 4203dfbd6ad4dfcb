import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

/** The chapel above the village, and the garden beside it. */
export const chapel: readonly StarterRoom[] = [
  {
    id: "chapel",
    name: "The Chapel of the Returned",
    sector: "inside",
    flags: ["indoors", "peaceful", "soundproof"],
    description: prose`
      A boat, upside down: that is how they built it, having no other idea of a roof. The pews face the door rather than the altar, so that
      whoever comes in comes in to faces. Along the walls burn small lights in jars, one for each person of the parish who is at sea, and
      it is somebody's work to see that none goes out.

      The door is south, where the path goes down to the market. A gap in the wall leads west into a garden.`,
    extras: {
      "lights jars": prose`
        You count nineteen. Each jar has a name on a strip of paper. On the last one the paper has been renewed so often that it stands off
        the glass: EDWIN C.`,
      "roof boat keel": "You look up along the keel. If the flood should come after all, the parish of Skerrow need only turn over.",
      "pews door": "The pew nearest the door has a cushion, and the cushion has a hollow. Someone sits there most evenings.",
    },
    exits: {
      south: { to: "market", look: "The path down, the roofs, and the whole harbour held between two hedges." },
      west: { to: "garden", look: "Green light, and the sound of bees going about it." },
    },
    things: [
      {
        id: "candle-tray",
        name: "a tray of candles",
        keywords: "tray candles",
        line: "A tray of candles stands by the door.",
        look: "For those who go. A second tray, for those who come back, is kept under it, and is the larger of the two. They believe in stock.",
        type: "container",
        fixed: true,
        holds: [
          {
            id: "long-candle",
            name: "a long candle",
            keywords: "candle long",
            line: "A long candle lies here.",
            look: "Made to last a voyage.",
            type: "light",
            wear: ["hold"],
            weight: 1,
          },
          {
            id: "short-candle",
            name: "a short candle",
            keywords: "candle short",
            line: "A short candle lies here.",
            look: "Made to last a supper, with everybody at the table.",
            type: "light",
            wear: ["hold"],
            weight: 1,
          },
        ],
      },
    ],
  },
  {
    id: "garden",
    name: "The Garden of Names",
    sector: "field",
    description: prose`
      There are no graves. The sea sees to that. Instead each has a bed, a yard by two, planted with whatever he or she liked: leeks, mostly;
      some roses; one thistle, tended with great correctness. Slates at the corners bear names and nothing else. The wall keeps the wind
      off, and the bees treat it all as a single flower.

      The chapel is through the gap to the east.`,
    extras: {
      "beds leeks roses thistle": "You may take a leek. It is what they are there for. You thank the slate; everyone does.",
      "slates names": "One bed is dug and raked and has no slate. Weeds do not get a start in it. It has been so for nine years.",
    },
    exits: { east: { to: "chapel" } },
    things: [
      {
        id: "watering-can",
        name: "a tin watering can",
        keywords: "can watering tin",
        line: "A watering can stands where the last person left it for the next.",
        look: "Full. It is always left full.",
        type: "drink-container",
        wear: ["hold"],
        weight: 8,
      },
      {
        id: "leek",
        name: "a fine leek",
        keywords: "leek fine",
        line: "A fine leek stands out of its row, as if volunteering.",
        look: "Thick as a wrist, white as a tooth. Thomas Brisk, says the slate.",
        type: "food",
        weight: 1,
      },
    ],
  },
];
