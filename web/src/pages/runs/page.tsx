import { Empty } from "../../parts/notes";
import type { RouteOf } from "../../route";

export function RunsPage({ route }: { route: RouteOf<"runs"> }) {
  return <Empty title={`Runs: ${route.page}`} />;
}
