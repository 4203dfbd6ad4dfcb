import { serve } from "./link.ts";
import { openWriter } from "./writer.ts";

serve(openWriter);
