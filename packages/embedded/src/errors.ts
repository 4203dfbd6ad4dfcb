import { AethyrError } from "@aethyr/kernel";

/** Several of the addresses that a world was to have are not to be had. Nothing was made. */
export class AddressesError extends AethyrError {
  readonly problems: readonly string[];

  constructor(failures: readonly unknown[]) {
    const problems = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    super("addresses", problems.join("; "), { problems }, { cause: new AggregateError(failures) });
    this.problems = problems;
  }
}
