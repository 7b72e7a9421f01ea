// The worst audit of several: what `w` opens.
import { badness } from "./scores";
import type { AuditList, AuditRow } from "./wire";

/** How bad an audit's worst score is, from 0 to 1; -1 where nothing was scored, or the audit is not valid: what was
 * scored of it counts nowhere. */
export function worstBadness(audit: AuditRow, dimensions: AuditList["dimensions"]): number {
  if (audit.state !== "valid" || audit.worst === null) return -1;
  const value = audit.scores[audit.worst];
  const dimension = dimensions[audit.worst];
  if (typeof value !== "number" || dimension === undefined) return -1;
  return badness(value, dimension.scale) ?? -1;
}

/** The valid audit with the worst score, of equals the one with most hits, then the first; null where there is none. */
export function worstAudit({ audits, dimensions }: AuditList): AuditRow | null {
  let found: AuditRow | null = null;
  let most = -1;
  for (const audit of audits) {
    const bad = worstBadness(audit, dimensions);
    if (bad < 0 || bad < most) continue;
    if (found !== null && bad === most && audit.hits.length <= found.hits.length) continue;
    found = audit;
    most = bad;
  }
  return found;
}
