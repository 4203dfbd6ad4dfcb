import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

const hatch = { keywords: ["hatch"], description: "A teak hatch, grey with salt, hung on bronze hinges.", state: "closed" } as const;

/** The ketch that came home alone. */
export const ketch: readonly StarterRoom[] = [
  {
    id: "deck",
    name: "Aboard the Patience",
    sector: "city",
    description: prose`
      The deck has been scrubbed, recently and by someone with strong feelings. Everything else has been left exactly as it was: the wheel
      lashed a little to starboard, the compass under its hood, an empty pipe tucked behind a cleat where a hand could find it in the dark.

      A ladder leads up to the jetty. Aft of the mast a hatch gives on the cabin below.`,
    extras: {
      "wheel compass": prose`The wheel is lashed for a course a little south of west. There is nothing on that course but weather.`,
      "pipe cleat": prose`You put it back where it was. You are not sure why that matters, but you check that the bowl points the same way.`,
    },
    exits: {
      up: { to: "jetty" },
      down: { to: "cabin", look: "The hatch, and under it the dark, which smells of lamp oil and apples.", door: hatch },
    },
    things: [
      {
        id: "rope-coil",
        name: "a coil of good rope",
        keywords: "coil rope good",
        line: "A coil of good rope lies on the deck like a sleeping dog.",
        look: "Forty fathoms, laid up in Rope Lane by someone who whistled. You can tell: the twist loosens a little wherever the tune was slow.",
        weight: 20,
      },
    ],
  },
  {
    id: "cabin",
    name: "The Cabin of the Patience",
    sector: "inside",
    flags: ["dark", "indoors"],
    description: prose`
      Low beams, a bunk, a table with a rim to keep the plates from leaving. Light comes in through one salt-blind port and lies on the
      floor in a coin that slides as the boat moves. The bunk is made. The blanket is turned down at one corner, as you would do for a guest.`,
    extras: {
      "bunk blanket": "Clean linen, changed this month. Somebody climbs down here with an armful of sheets and does not talk about it.",
      "port light coin": "The coin of light goes to the chest, stays a moment, and slides back. It has worn no mark yet.",
    },
    exits: { up: { to: "deck", door: hatch } },
    things: [
      {
        id: "sea-chest",
        name: "a sea chest",
        keywords: "chest sea",
        line: "A sea chest is bolted to the floor at the foot of the bunk.",
        look: "Camphor wood with rope handles. Inside the lid somebody has painted a small white house under a lighthouse, and, later and worse, two people.",
        type: "container",
        fixed: true,
        holds: [
          {
            id: "oilskin-pouch",
            name: "an oilskin pouch",
            keywords: "pouch oilskin",
            line: "An oilskin pouch lies here, tied with red wool.",
            look: "The sort in which you keep the one thing that must not get wet.",
            type: "container",
            weight: 1,
            holds: [
              {
                id: "letter",
                name: "an unfinished letter",
                keywords: "letter unfinished paper",
                line: "A folded letter lies here.",
                look: prose`
                  "Ines, you will say I should have waited for the glass to rise, and you will be right, as you were about the roof. But there
                  was a light out there last night where no light is, south of west, and it was keeping our time: three and one, three and
                  one. Somebody is answering you. I only mean to go and"

                  That is all there is.`,
                type: "note",
                weight: 1,
              },
            ],
          },
          {
            id: "tobacco-tin",
            name: "a dented tobacco tin",
            keywords: "tin tobacco dented",
            line: "A dented tin lies here.",
            look: "Gallant's Navy Cut. It rattles.",
            type: "container",
            weight: 1,
            holds: [
              {
                id: "horn-button",
                name: "a horn button",
                keywords: "button horn",
                line: "A horn button lies here, looking for its coat.",
                look: "It belongs to a pilot coat, and has a thread of blue wool in it still.",
                weight: 1,
              },
            ],
          },
        ],
      },
      {
        id: "tin-mug",
        name: "a tin mug",
        keywords: "mug tin",
        line: "A tin mug hangs from a hook and ticks against the wood as the boat moves.",
        look: "It is dry, and polished on one side by a thumb.",
        type: "drink-container",
        wear: ["hold"],
        weight: 1,
      },
    ],
  },
];
