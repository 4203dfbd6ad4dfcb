import { serve } from "../link.ts";
import { openWriter, type Writer, type WriterOptions } from "../writer.ts";

/** For the tests: a writer whose thread ends at the third commit, before or after it was made. */
serve(({ after, ...options }: WriterOptions & { readonly after: boolean }): Writer => {
  const writer = openWriter(options);
  let commits = 0;
  return {
    ...writer,
    commit: (group) => {
      commits += 1;
      if (commits < 3) return writer.commit(group);
      if (after) writer.commit(group);
      // In a thread, this ends the thread only.
      process.exit(7);
    },
  };
});
