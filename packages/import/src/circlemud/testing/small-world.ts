import type { WorldKind } from "../index-file.ts";
import { filesInMemory, type WorldFiles } from "../world-files.ts";

/** A world of two rooms, two mobs, four objects and one shop, one file of each kind, without any fault. */
export const smallWorld: Readonly<Record<WorldKind, string>> = {
  zon: `#1
The Mill~
100 199 15 2
* the miller and what he has
M 0 100 1 100   the miller
G 1 100 5       flour
E 1 101 5 16    a flail
O 0 102 2 101   a chest
P 1 100 9 102   flour in it
D 0 100 0 1     the door
R 0 101 103
S
$
`,
  wld: `#100
The Mill~
   Flour everywhere.
~
1 d 0
D0
A door of oak.
~
door oak~
1 103 101
E
flour dust~
It makes you sneeze.
~
S
#101
The Yard~
Mud.
~
1 0 2
D2
~
~
1 103 100
D5
A deep well.
~
~
0 -1 -1
S
$
`,
  mob: `#100
miller man~
the miller~
The miller grinds his teeth.
~
He is white all over.
~
ab 0 0 S
3 18 5 2d8+10 1d4+1
20 100
8 8 1
#101
cat~
the cat~
A cat sleeps in the sun.
~
It purrs.
~
bg d 350 E
1 20 9 1d4+0 1d2-1
0 5
4 4 2
Dex: 18
BareHandAttack: 8
E
$
`,
  obj: `#100
flour sack~
a sack of flour~
A sack of flour leans here.~
~
19 0 a
12 0 0 0
10 4 1
#101
flail~
a flail~
A flail lies here.~
~
5 ag an
0 1 6 7
8 20 5
A
18 1
E
handle~
Worn smooth.
~
#102
chest~
a chest~
A chest stands here.~
~
15 0 0
100 5 103 0
50 30 10
#103
key iron~
an iron key~
A key of iron lies here.~
~
18 c a
0 0 0 0
1 0 0
$
`,
  shp: `CircleMUD v3.0 Shop File~
#100~
100
-1
1.25
.5
FOOD
LIQ CONTAINER
5 sharp&!cursed ; weapons
-1
%s Sold out.~
%s You have none.~
%s No.~
%s I am poor.~
%s You are poor.~
%s That makes %d.~
%s Take %d.~
0
2
100
6
100
101
-1
6
12
14
20
$~
`,
};

/** The small world with some kinds replaced, each as its only file `1.KIND`. */
export function worldWith(texts: Partial<Record<WorldKind, string>> = {}): WorldFiles {
  return filesInMemory(
    Object.fromEntries(
      Object.entries({ ...smallWorld, ...texts }).flatMap(([kind, text]) => [
        [`${kind}/index`, `1.${kind}\n$\n`],
        [`${kind}/1.${kind}`, text],
      ]),
    ),
  );
}
