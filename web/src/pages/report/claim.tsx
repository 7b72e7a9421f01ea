/** What a comparison allows to be said, in the three words that there are. */
import { Badge, type Tone } from "../../parts/small";
import type { DimensionComparison } from "../../wire";

type Claim = NonNullable<DimensionComparison["claim"]>;

const CLAIMS: Readonly<Record<Claim, readonly [tone: Tone, meaning: string]>> = {
  supported: ["accent", "the sides differ, and the difference is not put down to chance"],
  "not supported": ["plain", "no difference as large as the margin would have stayed unseen"],
  underpowered: ["warn", "these data cannot tell whether the sides differ"],
};

export function ClaimWord({ claim }: { claim: Claim | null }) {
  if (claim === null) return <span title="with fewer than two scenarios nothing is claimed">no claim</span>;
  const [tone, meaning] = CLAIMS[claim];
  return (
    <Badge tone={tone} title={meaning}>
      {claim}
    </Badge>
  );
}
