import { serve } from "./link.ts";
import { openLogFile } from "./log-file.ts";

serve(openLogFile);
