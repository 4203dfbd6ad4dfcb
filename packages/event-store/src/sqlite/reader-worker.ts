import { serve } from "./link.ts";
import { openReader } from "./reader.ts";

serve(openReader);
