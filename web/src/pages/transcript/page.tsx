import { Empty } from "../../parts/notes";
import type { RouteOf } from "../../route";

export function TranscriptPage({ route }: { route: RouteOf<"transcript"> }) {
  return <Empty title={`Transcript: ${route.page}`} />;
}
