import { prose } from "../prose.ts";
import type { StarterRoom } from "../starter-room.ts";

/** The waterside, where people arrive. */
export const harbour: readonly StarterRoom[] = [
  {
    id: "quay",
    name: "The Stone Quay",
    sector: "city",
    description: prose`
      The road ends here, at a lip of granite worn hollow by rope. Skerrow stands behind you with its back to the hill; in front of you
      there is only water, breathing slowly against the wall. Boats nod at their moorings as if agreeing with something said long ago.

      A wooden jetty runs east over the harbour. The doors of a boat shed stand open to the north, and a street of shallow steps climbs
      west, towards voices and the smell of smoked fish.`,
    extras: {
      "boats moorings": prose`
        A dozen small boats, each painted the colour of somebody's front door. It makes drunken homecomings easier.`,
      "granite wall grooves": prose`
        The grooves are deep enough to lay three fingers in. Somebody's grandmother's grandmother tied up here in bad weather, and in worse.`,
    },
    exits: {
      north: { to: "boat-shed", look: "Through the open doors: ribs of new wood, and a floor soft with shavings." },
      east: { to: "jetty", look: "The jetty walks out on long thin legs until the water is too deep for it." },
      west: { to: "market", look: "Shallow steps climb between the houses." },
    },
    things: [
      {
        id: "bollard",
        name: "an iron bollard",
        keywords: "bollard iron",
        line: "An iron bollard leans out from the quay, polished by three hundred years of rope.",
        look: prose`
          Cast in the shape of a cannon stood on its muzzle, because that is what it was. Someone has chalked a small face on it, looking
          out to sea.`,
        fixed: true,
      },
      {
        id: "crab-pot",
        name: "a wicker crab pot",
        keywords: "crab pot wicker",
        line: "A crab pot dries here, smelling of low tide.",
        look: "Woven willow, mended so often that it may be the mends which hold it together. The door is easy to go in by. That is the idea.",
        type: "container",
        weight: 6,
        holds: [
          {
            id: "cork-float",
            name: "a painted cork float",
            keywords: "float cork painted",
            line: "A cork float has rolled to a stop here.",
            look: "One half red, one half white, and the letters O.B. burned into the end.",
            weight: 1,
          },
        ],
      },
      {
        id: "odo",
        kind: "mobile",
        name: "Odo Brisk, the harbour master",
        keywords: "odo brisk harbour master harbourmaster man",
        line: "The harbour master is counting the boats, and has got the number he expected.",
        look: prose`
          Broad, weathered and unhurried, with eyebrows like two gulls on a ledge. He has met every traveller who ever came to Skerrow by
          water, and he looks at you as if he were already deciding on which page to write you down.`,
        wears: {
          head: {
            id: "peaked-cap",
            name: "a peaked cap",
            keywords: "cap peaked",
            line: "Somebody's peaked cap lies here, keeping its dignity.",
            look: "Navy blue once, sea-coloured now. The badge shows an anchor and the words WE WAIT.",
            type: "armor",
            wear: ["head"],
            weight: 1,
          },
          about: {
            id: "pilot-coat",
            name: "a heavy pilot coat",
            keywords: "coat pilot heavy",
            line: "A pilot coat has been left here in a heap that still looks like somebody.",
            look: "Thick wool, horn buttons, pockets deep enough for both fists and a sandwich.",
            type: "armor",
            wear: ["about"],
            weight: 7,
            holds: [
              {
                id: "ginger",
                name: "a twist of candied ginger",
                keywords: "ginger twist candied",
                line: "A paper twist of candied ginger lies here.",
                look: "It is said to settle the stomach. The harbour master has not been to sea for eleven years.",
                type: "food",
                weight: 1,
              },
            ],
          },
          "neck-1": {
            id: "whistle",
            name: "a brass whistle on a cord",
            keywords: "whistle brass cord",
            line: "A brass whistle glints here.",
            look: "One long blast: boat coming in. Two: boat in trouble. There is a mark on the cord for every time he has had to blow two. There are four.",
            type: "worn",
            wear: ["neck", "hold"],
            weight: 1,
          },
          hold: {
            id: "ledger",
            name: "the harbour ledger",
            keywords: "ledger harbour book",
            line: "The harbour ledger lies here, and somebody will certainly be looking for it.",
            look: prose`
              Two columns, OUT and IN, in a hand like knotted string. He adds them up each night. One line near the front has nothing in the
              second column: "Patience, ketch, Capt. E. Calloway". It has been inked over every spring so that it should not fade.`,
            type: "note",
            wear: ["hold"],
            weight: 4,
          },
        },
      },
    ],
  },
  {
    id: "jetty",
    name: "The End of the Jetty",
    sector: "city",
    description: prose`
      The planks give out here, and so does the land. Water moves between the boards under your feet, green and then black. If you stand
      still you can feel the whole jetty flex with the swell, a very old animal turning over in its sleep.

      The village lies west, small enough to cover with a hand. A ketch is tied up at the foot of a ladder; her name, in flaking gold, is
      PATIENCE.`,
    extras: {
      "ketch patience name": prose`
        Two masts, no sails bent on. Her lines are sound, her paint is not. She went out one autumn with her master and came back in spring
        without him, on the tide, and bumped against the jetty in the night until somebody came down to see who was knocking.`,
    },
    exits: {
      west: { to: "quay", look: "The quay, the shed, the crooked roofs, and the hill with its back turned." },
      down: { to: "deck", look: "A ladder, then the deck of the Patience." },
    },
    things: [
      {
        id: "fog-bell",
        name: "a fog bell",
        keywords: "bell fog",
        line: "A green bronze bell hangs from a post, its rope bleached white.",
        look: prose`
          Words run round the rim. You have to walk round it to read them: I CALL WHOM I CANNOT SEE.`,
        fixed: true,
      },
      {
        id: "gull",
        kind: "mobile",
        name: "a one-legged gull",
        keywords: "gull one-legged bird",
        line: "A one-legged gull stands on the last post and looks through you.",
        look: "It has the other leg. It is keeping it warm.",
      },
      {
        id: "fishing-rod",
        name: "a bamboo fishing rod",
        keywords: "rod fishing bamboo",
        line: "A bamboo rod has been propped here by somebody who means to come back.",
        look: "The line is knotted in two places, both times by a patient person.",
        wear: ["hold"],
        weight: 3,
      },
    ],
  },
];
