import { serve } from "../sqlite/link.ts";
import { openKeyFile } from "./key-file.ts";

serve(openKeyFile);
