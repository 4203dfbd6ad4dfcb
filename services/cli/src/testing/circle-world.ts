import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A world of two rooms, a mob, a chest and a coin, as CircleMUD keeps it: a file and an index of each kind. */
export const circleWorld = {
  zon: `#1
The Mill~
100 199 15 2
M 0 100 1 100   the miller
G 1 101 5       a coin
O 0 100 2 101   a chest
P 1 101 9 100   a coin in it
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
1 -1 101
S
#101
The Yard~
Mud.
~
1 0 2
D2
~
~
0 -1 100
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
$
`,
  obj: `#100
chest~
a chest~
A chest stands here.~
~
15 0 0
100 5 -1 0
50 30 10
#101
coin~
a coin~
A coin lies here.~
~
8 0 a
1 0 0 0
1 1 0
$
`,
  shp: "CircleMUD v3.0 Shop File~\n$~\n",
};

/** Writes the world, with some files replaced, into a folder. */
export async function writeCircleWorld(folder: string, changed: Partial<typeof circleWorld> = {}): Promise<void> {
  for (const [kind, text] of Object.entries({ ...circleWorld, ...changed })) {
    await mkdir(join(folder, kind), { recursive: true });
    await writeFile(join(folder, kind, "index"), `1.${kind}\n$\n`);
    await writeFile(join(folder, kind, `1.${kind}`), text);
  }
}
