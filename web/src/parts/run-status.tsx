import type { RunRow } from "../wire";
import { Badge, type Tone } from "./small";

const STATUSES: Readonly<Record<RunRow["status"], readonly [tone: Tone, word: string, meaning: string]>> = {
  running: ["accent", "running", "still at it; this page follows"],
  complete: ["good", "complete", "every planned audit came to an end"],
  incomplete: ["warn", "incomplete", "not everything that was planned could be measured"],
  interrupted: ["warn", "interrupted", "somebody stopped it; petri resume finishes it"],
  limit: ["warn", "limit", "a cap was reached; petri resume finishes it"],
  unreadable: ["bad", "unreadable", "it could not be read"],
  reading: ["plain", "reading", "not read yet"],
  foreign: ["plain", "foreign", "another program's log, shown as far as it goes"],
};

/** How a run ended, or that it has not. */
export function StatusBadge({ status }: { status: RunRow["status"] }) {
  const [tone, word, meaning] = STATUSES[status];
  return (
    <Badge tone={tone} title={meaning}>
      {word}
    </Badge>
  );
}
