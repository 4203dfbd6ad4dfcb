import { serve } from "../sqlite/link.ts";
import { openJournalFile } from "./journal-file.ts";

serve(openJournalFile);
