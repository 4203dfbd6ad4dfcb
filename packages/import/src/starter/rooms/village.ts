import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

const chandleryDoor = {
  keywords: ["door", "blue"],
  description: "A blue door with a bell on a spring behind it.",
  state: "closed",
} as const;

/** The few streets, and the shop. */
export const village: readonly StarterRoom[] = [
  {
    id: "market",
    name: "Market Steps",
    sector: "city",
    description: prose`
      The street is a staircase here, each step wide enough for a stall, though only one is up. Washing hangs overhead between the houses
      like signal flags; somebody could probably read it. A pump stands in the middle of everything, and children's chalk runs out from it
      in rays.

      The quay is down to the east. Rope Lane bends away west, a path climbs north to the chapel, and to the south a painted sign shows an
      eel wrapped round a lantern, looking pleased.`,
    extras: {
      "washing flags": "Three shirts, a sheet, one enormous pair of combinations. In the code of signals: I have a pilot on board.",
      "chalk rays": "A sun, or a compass, or the rules of a game. Someone has signed it with a very small handprint.",
      "sign eel": "THE LANTERN AND EEL. Beds. Chowder. No singing after the second bell, unless good.",
    },
    exits: {
      north: { to: "chapel", look: "A path between walls of fuchsia, and a slate roof." },
      east: { to: "quay", look: "Masts, and the harbour shining between the houses." },
      south: {
        to: "inn",
        look: "Yellow light, and a smell of onions that takes you by the sleeve.",
        door: { keywords: ["door", "inn"], description: "A green half-door. The lower half keeps out the geese.", state: "open" },
      },
      west: { to: "lane", look: "A long straight lane, much longer than it has any reason to be." },
    },
    things: [
      {
        id: "pump",
        name: "the village pump",
        keywords: "pump village water",
        line: "The village pump wears a knitted scarf.",
        look: "The iron handle sings two notes, up and down. The scarf is changed with the seasons, nobody will say by whom.",
        type: "fountain",
        fixed: true,
      },
      {
        id: "stall",
        name: "a fish stall",
        keywords: "stall fish",
        line: "A striped stall leans into the slope. Its honesty box is fuller than its trays.",
        look: "PAY WHAT IT SAYS, says a slate, and under that, in another hand: OR WHAT YOU HAVE.",
        type: "container",
        fixed: true,
        holds: [
          {
            id: "herring",
            name: "a smoked herring",
            keywords: "herring smoked fish",
            line: "A smoked herring lies here, the colour of old brass.",
            look: "Split, salted, and hung for two days over oak and patience.",
            type: "food",
            weight: 1,
          },
          {
            id: "samphire",
            name: "a bunch of samphire",
            keywords: "samphire bunch",
            line: "A bunch of samphire drips here.",
            look: "Green, jointed, and still tasting of the last tide.",
            type: "food",
            weight: 1,
          },
          {
            id: "honesty-box",
            name: "an honesty box",
            keywords: "box honesty",
            line: "An honesty box stands here, trusting you.",
            look: "A cigar box with a slot. It was once forced open, says the village, and next morning there was more in it.",
            type: "container",
            weight: 2,
            holds: [
              {
                id: "foreign-coin",
                name: "a foreign coin",
                keywords: "coin foreign",
                line: "A coin from somewhere else lies here.",
                look: "A bird on one side, and on the other a word in letters which nobody in Skerrow can read. It bought two herrings.",
                type: "treasure",
                weight: 1,
              },
            ],
          },
        ],
      },
    ],
  },
  {
    id: "lane",
    name: "Rope Lane",
    sector: "city",
    description: prose`
      A lane as straight as a rule and two hundred fathoms long, because that is how long a cable had to be. Men walked it backwards all
      day, twisting hemp, and it is said that they met their wives that way, by collision. Now it is cats, geraniums, and one front door
      of each colour.

      The steps of the market lie east. A blue door on the north side has coils of rope in its window. Westward the lane goes on until it
      turns into the cliff path, without remarking on it.`,
    extras: {
      "geraniums cats": "There is a geranium for every sill and a cat for every geranium. They have come to terms.",
      "doors colour":
        "Red, ochre, duck-egg, black, and one still tacky to the touch. Look down at the harbour and you will find each of them again, afloat.",
    },
    exits: {
      north: { to: "chandlery", door: chandleryDoor },
      east: { to: "market" },
      west: { to: "cliff-path", look: "The cobbles thin out, the grass comes in between them, and then there is only grass." },
    },
    things: [
      {
        id: "handcart",
        name: "a handcart",
        keywords: "handcart cart",
        line: "A handcart rests on its handles outside the blue door.",
        look: "TARRANT, says the tailboard, AND SON, and the last two words have been painted over and then, by the look of it, painted back.",
        type: "container",
        fixed: true,
        holds: [
          {
            id: "canvas",
            name: "a bolt of sailcloth",
            keywords: "bolt sailcloth canvas cloth",
            line: "A bolt of sailcloth lies here.",
            look: "Enough for one mainsail, ordered for a ketch. The ticket says PAID, and a date nine years gone.",
            weight: 25,
          },
        ],
      },
    ],
  },
  {
    id: "chandlery",
    name: "Widow Tarrant's Chandlery",
    sector: "inside",
    flags: ["indoors"],
    description: prose`
      A bell jumps on its spring, and it takes the shop some time to become quiet again, for everything in it hangs: lamps, blocks, kettles,
      oilskins with nobody in them, all turning a little to see who it is. There is a counter somewhere. Behind the counter there are
      drawers, several hundred, none of them labelled.

      The only way out is the door to the south.`,
    extras: {
      "drawers counter":
        "You could ask what is in them. She would ask what you need, and open the right one. She has never yet been seen to hesitate.",
      "oilskins lamps kettles": "They have stopped turning. You have the impression of having been approved, on the whole.",
    },
    exits: { south: { to: "lane", door: chandleryDoor } },
    things: [
      {
        id: "tarrant",
        kind: "mobile",
        name: "Widow Tarrant",
        keywords: "widow tarrant woman chandler",
        line: "Widow Tarrant looks up from her sums, and then goes on looking.",
        look: prose`
          A small upright woman in black, with a pencil through her hair and ink on the pencil's behalf. She sells you what you came for.
          Then she sells you what you should have come for, which is always cheaper and always right.`,
        wears: {
          waist: {
            id: "shop-apron",
            name: "a canvas apron with many pockets",
            keywords: "apron canvas pockets",
            line: "A canvas apron lies here, clinking.",
            look: "Eleven pockets. Ten are for the shop.",
            type: "worn",
            wear: ["waist"],
            weight: 2,
            holds: [
              {
                id: "clasp-knife",
                name: "a clasp knife",
                keywords: "knife clasp",
                line: "A clasp knife lies here.",
                look: "Bone scales, one blade, honed to a sliver. It cuts rope, cheese, and conversations.",
                type: "weapon",
                wear: ["wield"],
                weight: 1,
              },
              {
                id: "thimble",
                name: "a child's thimble",
                keywords: "thimble child's",
                line: "A thimble stands here, upside down, holding a drop of light.",
                look: "From the eleventh pocket. Put it back.",
                weight: 1,
              },
            ],
          },
          "neck-1": {
            id: "spectacles",
            name: "spectacles on a black cord",
            keywords: "spectacles glasses cord",
            line: "A pair of spectacles looks up at you from the floor.",
            look: "One lens for the ledger, one for the customer.",
            type: "worn",
            wear: ["neck"],
            weight: 1,
          },
        },
      },
      {
        id: "storm-lantern",
        name: "a storm lantern",
        keywords: "lantern storm light lamp",
        line: "A storm lantern stands on the counter, trimmed and filled, as if somebody were expected to need it.",
        look: "Tinned iron and thick glass. On the base is a paper label in a firm hand: ON LOAN. BRING IT BACK YOURSELF.",
        type: "light",
        wear: ["hold"],
        weight: 3,
      },
      {
        id: "box-compass",
        name: "a boxed compass",
        keywords: "compass box boxed",
        line: "A small compass lies open in its box.",
        look: "It has a mild opinion in favour of south-west. North is thereabouts.",
        wear: ["hold"],
        weight: 1,
      },
    ],
  },
];
