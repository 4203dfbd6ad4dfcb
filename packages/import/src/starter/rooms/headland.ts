import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

const lightDoor = {
  keywords: ["door", "iron"],
  description: "An iron door, rust-streaked, sunk in six feet of wall. It is on the latch.",
  state: "closed",
} as const;

/** The cliffs, the beach below them and the lighthouse. */
export const headland: readonly StarterRoom[] = [
  {
    id: "cliff-path",
    name: "The Cliff Path",
    sector: "hills",
    description: prose`
      Turf, thrift, and then a great deal of air. The path keeps a sensible yard from the edge; sheep have made another which does not. Below
      you the sea is putting down and taking up the same handful of stones. From here the village is a thing you might have left on a step.

      Rope Lane begins to the east, where the cobbles show through. Northward the path climbs to the lighthouse. A goat's idea of a stair
      goes down to the shingle.`,
    extras: {
      "sheep edge": "One is looking at you from a ledge that you cannot see how it reached. It seems to be wondering the same about you.",
      "thrift turf": "Pink, stubborn, springy underfoot. Lie down in it and the wind goes over you like a thought that is not yours.",
    },
    exits: {
      north: { to: "light", look: "A white tower, doing nothing in particular until dusk." },
      east: { to: "lane" },
      down: { to: "shingle", look: "A stair of sorts. The sea is at the bottom, at least." },
    },
    things: [
      {
        id: "ash-stick",
        name: "an ash walking stick",
        keywords: "stick ash walking",
        line: "A walking stick is stuck upright in the turf where the path divides.",
        look: "Left for whoever goes down, to be left again by whoever comes up.",
        type: "weapon",
        wear: ["wield", "hold"],
        weight: 2,
      },
    ],
  },
  {
    id: "shingle",
    name: "The Shingle",
    sector: "field",
    description: prose`
      A half-moon of grey stones, each as smooth as the inside of a lip. The waves come in saying hush and go out saying the rest. Along the
      high-water mark lies a line of things that were something else before: rope, cork, cuttlebone, a single clog.

      You could climb back up to the cliff path, and will have to.`,
    extras: {
      "stones shingle": "You pick up a perfect one, and then a better one, and at some point you are a person with a pocketful of stones.",
      "clog line mark": "A left clog, size small. Three winters ago the right one came in. It is on the ceiling of the inn.",
    },
    exits: { up: { to: "cliff-path" } },
    things: [
      {
        id: "green-bottle",
        name: "a green glass bottle",
        keywords: "bottle green glass",
        line: "A green bottle lies at the edge of the water, corked, nudging the stones.",
        look: "Sea-frosted. There is something in it.",
        type: "container",
        weight: 1,
        holds: [
          {
            id: "rolled-note",
            name: "a rolled note",
            keywords: "note rolled paper",
            line: "A tightly rolled note lies here.",
            look: "No words. Four strokes of a pencil, over and over, to the edge of the paper: three long and one short.",
            type: "note",
            weight: 1,
          },
        ],
      },
      {
        id: "plank",
        name: "a driftwood plank",
        keywords: "plank driftwood wood",
        line: "A driftwood plank has come up as far as it could.",
        look: "Larch, bored by shipworm into a kind of lace. It would burn blue.",
        weight: 12,
      },
    ],
  },
  {
    id: "light",
    name: "At the Foot of the Light",
    sector: "hills",
    description: prose`
      The tower goes up white and blank for ninety feet before it thinks of a window. At its foot there is a small white house with its
      shutters open, a line of cabbages, a chair put out to face south-west. Everything that could rattle has been tied down, neatly, with
      the same knot.

      The path goes down to the south. An iron door stands at the bottom of the tower; the stair behind it leads only up.`,
    extras: {
      "chair house": "The chair is one of a pair. You can see the other through the window, at the table, tucked in.",
      "knot cabbages": "A round turn and two half hitches. It is the first that anyone learns, and it holds.",
    },
    exits: {
      south: { to: "cliff-path" },
      up: { to: "lamp-room", look: "One hundred and nineteen steps. The number is painted at the bottom, as a courtesy.", door: lightDoor },
    },
    things: [
      {
        id: "keepers-chair",
        name: "the keeper's chair",
        keywords: "chair keeper keepers",
        line: "A chair has been put out to face south-west.",
        look: "Plain and strong, and turned by exactly as much as a man turns who does not want to be seen looking at the other one.",
        seat: true,
        fixed: true,
      },
      {
        id: "rain-barrel",
        name: "a rain barrel",
        keywords: "barrel rain water",
        line: "A rain barrel stands under the gutter with a dipper chained to it.",
        look: "The surface holds a round piece of sky, and the top of the tower, upside down.",
        type: "fountain",
        fixed: true,
      },
    ],
  },
  {
    id: "lamp-room",
    name: "The Lamp Room",
    sector: "inside",
    flags: ["indoors"],
    description: prose`
      You come up into glass. In the middle of it hangs the lens, taller than a man, ring within ring, with the daylight folded up inside
      it in colours that have no business there. Round it runs a gallery of brass, so clean that it looks wet. On every side is the sea.

      It turns on mercury; one finger will move it. Nobody but the keeper does.`,
    extras: {
      "lens rings":
        "A thousand pieces of glass persuade one flame to be seen at nineteen miles. You see yourself in it, small, many times, the right way up.",
      "sea glass": "South of west, on the line, there is nothing. You go on looking for longer than nothing deserves.",
    },
    exits: { down: { to: "light", door: lightDoor } },
    things: [
      {
        id: "ines",
        kind: "mobile",
        name: "Ines Calloway, the keeper",
        keywords: "ines calloway keeper woman",
        line: "The keeper is polishing what is already bright, her back to the stair, her face to the south-west.",
        look: prose`
          Grey hair cut short with a knife, a sailor's creases at the eyes, hands that are never empty. "Three long and one short," she says,
          when you ask, and "Because I said I would," when you ask the other thing.`,
        wears: {
          about: {
            id: "mended-coat",
            name: "a pilot coat, too large, with a button missing",
            keywords: "coat pilot large",
            line: "A large pilot coat lies here.",
            look: "It was made for broader shoulders. It has four horn buttons and a wisp of blue wool where there was a fifth.",
            type: "armor",
            wear: ["about"],
            weight: 7,
          },
          hands: {
            id: "cotton-gloves",
            name: "white cotton gloves",
            keywords: "gloves cotton white",
            line: "A pair of white gloves lies here, palms up.",
            look: "So that the lens should not know it has been touched.",
            type: "armor",
            wear: ["hands"],
            weight: 1,
          },
          waist: {
            id: "tool-belt",
            name: "a leather tool belt",
            keywords: "belt tool leather",
            line: "A leather tool belt lies here.",
            look: "Wick scissors, chamois, a screwdriver with a cork on its point.",
            type: "worn",
            wear: ["waist"],
            weight: 3,
            holds: [
              {
                id: "wick-scissors",
                name: "wick scissors",
                keywords: "scissors wick",
                line: "A pair of wick scissors lies here.",
                look: "Shaped like a heron, and as intent.",
                wear: ["hold"],
                weight: 1,
              },
            ],
          },
        },
      },
      {
        id: "oil-can",
        name: "a long-spouted oil can",
        keywords: "can oil long-spouted",
        line: "An oil can stands on its own folded square of cloth.",
        look: "Colza, strained twice. There is never less than a night's worth in it.",
        wear: ["hold"],
        weight: 4,
      },
      {
        id: "light-log",
        name: "the log of the light",
        keywords: "log book light",
        line: "The log lies open at today, a pencil in the fold.",
        look: prose`
          "Lit at dusk. Wind W, 4. Nothing seen." Every night, nine years of it, in the same upright hand. You turn the pages faster, and so
          you almost miss it, last Tuesday: "Lit at dusk. Wind SW, 3. Three and one."`,
        type: "note",
        weight: 5,
        fixed: true,
      },
    ],
  },
];
