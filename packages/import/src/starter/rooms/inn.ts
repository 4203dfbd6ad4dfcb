import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

const trapdoor = {
  keywords: ["trapdoor", "trap"],
  description: "A trapdoor with a ring set flush in the wood, worn round by the one hand that lifts it.",
  state: "closed",
} as const;

const eavesDoor = {
  keywords: ["door", "eaves"],
  description: "A narrow door under the slope of the roof, with a 3 painted on it. There is no 1, and no 2.",
  state: "locked",
  keyId: "eaves-key",
} as const;

/** The inn, its one guest room and its cellar. */
export const inn: readonly StarterRoom[] = [
  {
    id: "inn",
    name: "The Lantern and Eel",
    sector: "inside",
    flags: ["indoors", "peaceful"],
    description: prose`
      One long room, one long table, and a fire that has not been out since it was lit. People here sit with an empty place beside them, not
      out of coldness; it is so that whoever comes in next will have somewhere to go. The ceiling is low and brown and hung with things
      that the sea gave back: a glass float, an oar, half a name in gold letters.

      The door to the street is north. Stairs lead up under the eaves, and a trapdoor behind the bar goes down.`,
    extras: {
      "ceiling float oar letters": "The letters say TIENCE. Nobody has been able to bring himself to return them.",
      fire: "Driftwood, burning blue at the edges. A kettle on the hob is always about to boil.",
      table: "The names cut into it go back so far that the oldest are only a texture.",
    },
    exits: {
      north: {
        to: "market",
        door: { keywords: ["door", "inn"], description: "A green half-door. The lower half keeps out the geese.", state: "open" },
      },
      up: { to: "eaves", look: "Stairs as steep as a ladder, and a small door.", door: eavesDoor },
      down: { to: "cellar", door: trapdoor },
    },
    things: [
      {
        id: "maud",
        kind: "mobile",
        name: "Maud Penhallow, the innkeeper",
        keywords: "maud penhallow innkeeper woman",
        line: "The innkeeper is drying a glass that has been dry for some time, so as to have a reason to listen.",
        look: prose`
          Tall, freckled, forty or so, sleeves rolled above the elbow in all weathers. She remembers everyone's order and nobody's debts, or
          so it appears until somebody can pay.`,
        wears: {
          waist: {
            id: "blue-apron",
            name: "a faded blue apron",
            keywords: "apron blue faded",
            line: "A faded blue apron lies here.",
            look: "Washed to the colour of distance.",
            type: "worn",
            wear: ["waist"],
            weight: 1,
            holds: [
              {
                id: "eaves-key",
                name: "a small iron key",
                keywords: "key iron small",
                line: "A small iron key lies here.",
                look: "A paper tag hangs from it: 3. TAKES A SHOVE.",
                type: "key",
                wear: ["hold"],
                weight: 1,
              },
            ],
          },
          hold: {
            id: "tea-towel",
            name: "a checked tea towel",
            keywords: "towel tea checked cloth",
            line: "A tea towel lies here.",
            look: "Also useful for signalling, as several husbands know.",
            wear: ["hold"],
            weight: 1,
          },
        },
      },
      {
        id: "inn-tray",
        name: "a wooden tray",
        keywords: "tray wooden",
        line: "A tray has been set down at the empty place beside you.",
        look: "It was not there a moment ago. Nobody seems to be looking your way, with some care.",
        type: "container",
        weight: 2,
        holds: [
          {
            id: "chowder",
            name: "a bowl of chowder",
            keywords: "bowl chowder",
            line: "A bowl of chowder steams here.",
            look: "Potatoes, leeks, smoked haddock, and a spoon that stands up by itself.",
            type: "food",
            weight: 2,
          },
          {
            id: "bread-heel",
            name: "the heel of a loaf",
            keywords: "heel loaf bread",
            line: "The heel of a loaf lies here.",
            look: "The best part. You have been given the best part.",
            type: "food",
            weight: 1,
          },
        ],
      },
    ],
  },
  {
    id: "eaves",
    name: "A Room Under the Eaves",
    sector: "inside",
    flags: ["indoors"],
    description: prose`
      You can stand up in exactly one place, and the floorboards there are dished. A bed, a washstand, a window the size of a book propped
      open with a book. The rain must be very loud here. Someone has put a sprig of thrift in an eggcup.

      Every so often a bar of light comes in, crosses the wall above the pillow, and leaves by the wardrobe.`,
    extras: {
      "bar light wall": "Three long, one short. You count it again. You could fall asleep to it; that may be what it is for.",
      "book window": "A table of tides, for the wrong year, its pages swollen by weather.",
    },
    exits: { down: { to: "inn", door: eavesDoor } },
    things: [
      {
        id: "washstand",
        name: "a marble washstand",
        keywords: "washstand marble stand drawer",
        line: "A marble-topped washstand stands under the slope of the roof.",
        look: "There is a drawer. There is always a drawer.",
        type: "container",
        fixed: true,
        holds: [
          {
            id: "guest-book",
            name: "a guest book",
            keywords: "book guest",
            line: "A guest book lies here.",
            look: prose`
              "One night." "One night, wind W." "Meant to stay one night; have taken the house with the red door." "One night." You notice how
              many of the names are on front doors now.`,
            type: "note",
            weight: 1,
          },
          {
            id: "candle-end",
            name: "a candle end",
            keywords: "candle end",
            line: "A candle end lies here.",
            look: "Beeswax, from the chapel, honestly come by: every guest is given one, and an inch is always left for the next.",
            type: "light",
            wear: ["hold"],
            weight: 1,
          },
        ],
      },
    ],
  },
  {
    id: "cellar",
    name: "The Cellar of the Inn",
    sector: "inside",
    flags: ["dark", "indoors"],
    description: prose`
      Cut from the rock, and cold enough to keep a secret. Barrels lie along one wall on their sides, breathing through their corks. At the
      far end is an iron grating, and behind it black water goes up and down a step, up and down a step: the sea has come in by its own
      way and is waiting to be served.`,
    extras: {
      "grating water step":
        "Boats used to come in under here at night, with the tide and without lamps. Nobody did it. Everyone's grandfather helped.",
    },
    exits: { up: { to: "inn", door: trapdoor } },
    things: [
      {
        id: "cider-barrel",
        name: "a barrel of cider",
        keywords: "barrel cider",
        line: "The nearest barrel has a tap, and under the tap a patient bucket.",
        look: "Chalked on the end: OCT. LET IT BE. The date, but not the instruction, is long past.",
        type: "fountain",
        fixed: true,
      },
      {
        id: "bucket",
        name: "a cooper's bucket",
        keywords: "bucket cooper",
        line: "A bucket stands here.",
        look: "Oak staves, iron hoops, half an inch of cider and one happy wasp.",
        type: "drink-container",
        wear: ["hold"],
        weight: 5,
      },
    ],
  },
];
